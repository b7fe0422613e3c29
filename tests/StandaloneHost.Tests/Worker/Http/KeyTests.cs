using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class KeyTests
{
    private const string Function = "api/items/1";
    private const string Admin = "api/admin-only";
    private const string Anonymous = "api/items/special";

    [Theory]
    [InlineData(Function, null, HttpStatusCode.Unauthorized)]
    [InlineData(Function, "", HttpStatusCode.Unauthorized)]
    [InlineData(Function, "wrong", HttpStatusCode.Unauthorized)]
    [InlineData(Function, "function-key-0123456789-1 ", HttpStatusCode.OK)] // a header's white space is not part of it
    [InlineData(Function, "function-key-0123456789-1", HttpStatusCode.OK)]
    [InlineData(Function, "function-key-0123456789-2", HttpStatusCode.OK)]
    [InlineData(Function, "master-key-0123456789", HttpStatusCode.OK)]
    [InlineData(Function, "system-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData(Admin, "function-key-0123456789-1", HttpStatusCode.Unauthorized)]
    [InlineData(Admin, "system-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData(Admin, "master-key-0123456789", HttpStatusCode.OK)]
    [InlineData(Anonymous, null, HttpStatusCode.OK)]
    [InlineData(Anonymous, "wrong", HttpStatusCode.OK)]
    public async Task A_function_asks_for_the_key_of_its_level_or_the_master_key(string path, string? key, HttpStatusCode status)
    {
        await using var app = await StartWithKeysAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        using var response = await app.Client.SendAsync(request);
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal(status, response.StatusCode);
        }
        else
        {
            await ProblemAssert.IsAsync(response, status);
        }
    }

    [Theory]
    [InlineData("master-key-0123456789", "http://schemas.microsoft.com/2017/07/functions/claims/authlevel: Admin")]
    [InlineData("function-key-0123456789-1", "")]
    [InlineData("system-key-0123456789", "")]
    [InlineData(null, "")]
    public async Task A_function_knows_the_master_key_by_its_identity_and_no_other_caller(string? key, string claims)
    {
        await using var app = await StartWithKeysAsync();

        Assert.Equal(claims, await app.Client.GetStringAsync($"api/caller?code={key}"));
    }

    [Fact]
    public async Task The_key_may_come_in_the_query_and_the_header_counts_before_it()
    {
        await using var app = await StartWithKeysAsync();
        using var inQuery = await app.Client.GetAsync($"{Function}?code=function-key-0123456789-1");
        Assert.Equal(HttpStatusCode.OK, inQuery.StatusCode);

        using var both = new HttpRequestMessage(HttpMethod.Get, $"{Function}?code=function-key-0123456789-1");
        both.Headers.Add("x-functions-key", "wrong");
        using var response = await app.Client.SendAsync(both);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_key_longer_than_any_key_is_refused()
    {
        await using var app = await StartWithKeysAsync();
        using var response = await app.Client.GetAsync($"{Function}?code={new string('é', 1025)}");
        await ProblemAssert.IsAsync(response, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Functions:Keys:Master", "Functions.Keys.Master")]
    [InlineData("Functions:Keys:Function:default", "Functions.Keys.Function.default")]
    [InlineData("Functions:Keys:System:durabletask", "Functions.Keys.System.durabletask")]
    public void A_key_shorter_than_16_characters_stops_the_start_and_is_not_repeated(string name, string shown)
    {
        var error = Assert.Throws<HostSettingsException>(() => RunningApp.CreateBuilder([], null, $"--{name}", "15-characters-k").Build());
        Assert.StartsWith(
            $"settings: {shown} must have at least 16 characters; it has 15.",
            Assert.Single(error.Failures),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("15-characters-k", error.ToString(), StringComparison.Ordinal);
        RunningApp.CreateBuilder([], null, $"--{name}", "16-characters-ke").Build().Dispose();
    }

    [Fact]
    public async Task No_key_is_asked_for_in_development()
    {
        await using var app = await RunningApp.StartAsync(typeof(HttpFunctions), AddKeys);
        using var response = await app.Client.GetAsync(Admin);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Development", null, "http://schemas.microsoft.com/2017/07/functions/claims/authlevel: Admin")]
    [InlineData("Development", "false", "http://schemas.microsoft.com/2017/07/functions/claims/authlevel: Admin")]
    [InlineData("Development", "true", "")]
    [InlineData("Production", "false", "")]
    [InlineData("Production", null, "")]
    public async Task A_caller_without_a_key_counts_as_the_master_in_development_while_keys_are_off(
        string environment,
        string? enabled,
        string claims
    )
    {
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app =>
            {
                AddKeys(app);
                app.Configuration["Functions:Authorization:Enabled"] = enabled;
            },
            directory: null,
            "--environment",
            environment
        );

        Assert.Equal(claims, await app.Client.GetStringAsync("api/caller"));
    }

    [Fact]
    public async Task Elsewhere_keys_are_asked_for_and_their_absence_is_a_warning()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app => app.Services.AddSingleton<Signals>(),
            directory: null,
            "--environment",
            "Production"
        );
        using var response = await app.Client.GetAsync(Function);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(
            app.Logs.Collector.GetSnapshot(),
            entry => entry.Message.Contains("Functions:Keys has none", StringComparison.Ordinal)
        );
    }

    private static Task<RunningApp> StartWithKeysAsync() =>
        RunningApp.StartAsync(
            typeof(HttpFunctions),
            app =>
            {
                AddKeys(app);
                app.Configuration["Functions:Authorization:Enabled"] = "true";
            }
        );

    private static void AddKeys(StandaloneApplicationBuilder app)
    {
        app.Services.AddSingleton<Signals>();
        app.Configuration.AddInMemoryCollection([
            new("Functions:Keys:Master", "master-key-0123456789"),
            new("Functions:Keys:Function:default", "function-key-0123456789-1"),
            new("Functions:Keys:Function:second", "function-key-0123456789-2"),
            new("Functions:Keys:Function:empty", ""),
            new("Functions:Keys:System:durabletask", "system-key-0123456789"),
        ]);
    }
}
