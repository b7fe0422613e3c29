using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

/// <summary>Pages of other sites, in the browser of a developer whose app asks for no keys.</summary>
public sealed class ForeignPageTests
{
    private const string Function = "/api/items/1";
    private const string Page = "/api/items/special";

    [Theory]
    [InlineData("GET", Function, null, "cross-site")]
    [InlineData("GET", Function, null, "same-site")] // another port of localhost
    [InlineData("GET", Function, "https://evil.example", "cross-site")]
    [InlineData("GET", Function, "https://evil.example", null)]
    [InlineData("GET", Function, "null", null)] // a sandboxed frame, or a page of file:
    [InlineData("GET", Function, "http://localhost:1", null)]
    [InlineData("POST", "/api/echo", "https://evil.example", "cross-site")]
    [InlineData("DELETE", "/api/items/1", "https://evil.example", null)]
    public async Task While_keys_are_off_a_page_of_another_site_may_not_call(string method, string path, string? origin, string? site)
    {
        await using var app = await StartAsync();
        using var response = await SendAsync(app, method, path, origin, site);
        await ProblemAssert.IsAsync(response, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("GET", Function, null, null)] // no browser
    [InlineData("GET", Function, null, "none")] // an address that was typed
    [InlineData("GET", Function, null, "same-origin")]
    [InlineData("GET", Function, "{own}", null)]
    [InlineData("POST", "/api/echo", "{own}", "same-origin")]
    [InlineData("GET", Page, "https://evil.example", "cross-site")] // a link to a page that is anonymous
    [InlineData("GET", Function, "https://board.example", "cross-site")] // listed in Functions:Http:Cors
    public async Task While_keys_are_off_all_others_may(string method, string path, string? origin, string? site)
    {
        await using var app = await StartAsync(("Functions:Http:Cors", "https://board.example"));
        using var response = await SendAsync(app, method, path, origin?.Replace("{own}", $"http://localhost:{app.Address.Port}"), site);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Where_keys_are_asked_for_the_key_decides()
    {
        const string Key = "function-key-0123456789";
        await using var app = await StartAsync(("Functions:Authorization:Enabled", "true"), ("Functions:Keys:Function:default", Key));
        using var response = await SendAsync(app, "GET", $"{Function}?code={Key}", "https://evil.example", "cross-site");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.BadRequest)] // a name that was made to resolve to this machine
    [InlineData("evil.example:7071", null, HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.BadRequest)]
    [InlineData("10.1.2.3", null, HttpStatusCode.BadRequest)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    [InlineData("LOCALHOST:7071", null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1:7071", null, HttpStatusCode.OK)]
    [InlineData("[::1]:7071", null, HttpStatusCode.OK)]
    [InlineData("quotes.example", "quotes.example", HttpStatusCode.OK)]
    [InlineData("localhost", "quotes.example", HttpStatusCode.OK)]
    [InlineData("evil.example", "quotes.example", HttpStatusCode.BadRequest)]
    [InlineData("evil.example", "*", HttpStatusCode.OK)]
    public async Task While_keys_are_off_only_known_hosts_are_served(string host, string? allowed, HttpStatusCode status)
    {
        await using var app = await (allowed is null ? StartAsync() : StartAsync(("AllowedHosts", allowed)));
        using var request = new HttpRequestMessage(HttpMethod.Get, Page);
        request.Headers.Host = host;
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

    private static Task<RunningApp> StartAsync(params (string Key, string Value)[] settings) =>
        RunningApp.StartAsync(
            typeof(HttpFunctions),
            builder =>
            {
                builder.Services.AddSingleton<Signals>();
                foreach (var (key, value) in settings)
                {
                    builder.Configuration[key] = value;
                }
            }
        );

    private static async Task<HttpResponseMessage> SendAsync(RunningApp app, string method, string path, string? origin, string? site)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = $"localhost:{app.Address.Port}";
        if (method == "POST")
        {
            request.Content = new StringContent("");
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await app.Client.SendAsync(request);
    }
}
