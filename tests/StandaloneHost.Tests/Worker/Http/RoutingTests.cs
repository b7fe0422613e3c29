using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class RoutingTests : IAsyncLifetime
{
    private RunningApp _app = null!; // set before each test

    public async Task InitializeAsync() =>
        _app = await RunningApp.StartAsync(typeof(HttpFunctions), app => app.Services.AddSingleton<Signals>());

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("api/items/42?name=ink", """{"Id":42,"Name":"ink"}""")]
    [InlineData("API/Items/42?NAME=Ink", """{"Id":42,"Name":"Ink"}""")]
    [InlineData("api/items/pen", "pen pen ShowNamed")]
    [InlineData("api/items/pen/", "pen pen ShowNamed")]
    [InlineData("api/items/p%20e%2Fn%C3%A9", "p e%2Fné p e%2Fné ShowNamed")]
    [InlineData("api/items/special", "special")]
    [InlineData("api/items/99999999999", "99999999999 99999999999 ShowNamed")]
    [InlineData("api/numbers/7", "7 none")]
    [InlineData("api/numbers/-7/7f9c24e5-1b0e-4f0a-9a53-0d9a8f1e2b3c", "-7 7f9c24e5-1b0e-4f0a-9a53-0d9a8f1e2b3c")]
    [InlineData("api/days/friday", "Friday none")]
    [InlineData("api/days/5/2026-11-20", "Friday 2026-11-20")]
    [InlineData("api/files/a/b/c.txt", "a/b/c.txt")]
    public async Task The_most_specific_route_that_matches_answers(string path, string body)
    {
        Assert.Equal(body, await _app.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("GET", "api/unknown")]
    [InlineData("GET", "items/42")]
    [InlineData("GET", "")]
    [InlineData("GET", "api//items/42")]
    [InlineData("GET", "api/items/42/more")]
    public async Task An_unknown_path_is_a_404_problem(string method, string path)
    {
        using var response = await _app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await ProblemAssert.IsAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.Found)]
    [InlineData("HEAD", HttpStatusCode.Found)]
    [InlineData("POST", HttpStatusCode.NotFound)]
    public async Task The_root_leads_to_the_home_page_where_the_app_names_one(string method, HttpStatusCode status)
    {
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            builder =>
            {
                builder.Services.AddSingleton<Signals>();
                builder.HomePage = "items/special";
            }
        );
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/?code=secret"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.Found ? "/api/items/special" : null, response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("POST", "api/items/42", "DELETE, GET")]
    [InlineData("HEAD", "api/unchanged", "GET")]
    [InlineData("OPTIONS", "api/items", "POST, PUT")]
    [InlineData("FROB", "api/items", "POST, PUT")]
    public async Task A_method_that_the_path_does_not_have_is_a_405_that_names_those_it_has(string method, string path, string allow)
    {
        using var response = await _app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        if (method != "HEAD")
        {
            await ProblemAssert.IsAsync(response, HttpStatusCode.MethodNotAllowed);
        }
    }

    [Theory]
    [InlineData("api/numbers/seven", "number")]
    [InlineData("api/numbers/99999999999999999999", "number")]
    [InlineData("api/numbers/7/unit", "unit")]
    [InlineData("api/days/someday", "day")]
    [InlineData("api/days/9", "day")] // a number that names none of the days
    [InlineData("api/days/monday,tuesday", "day")] // not their combination, Wednesday
    [InlineData("api/days/friday,", "day")]
    [InlineData("api/days/1%2C2", "day")]
    [InlineData("api/days/friday/2026-02-30", "date")]
    public async Task A_route_value_of_the_wrong_type_is_a_400_problem_that_names_it(string path, string parameter)
    {
        using var response = await _app.Client.GetAsync(path);
        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains($"'{parameter}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_method_reaches_a_function_that_names_none()
    {
        using var response = await _app.Client.SendAsync(new HttpRequestMessage(new HttpMethod("FROB"), "api/numbers/1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/items/%FF")]
    [InlineData("/api/items/%C3")]
    [InlineData("/api/items/%c3%28")]
    [InlineData("/api/items/%ED%A0%80")] // half a surrogate pair
    [InlineData("/api/items/a%C0%AFb")] // an overlong slash
    [InlineData("/api/files/a/%F5/b")]
    [InlineData("/api/items/special?x=%FF")]
    [InlineData("/api/items/special?%E2%82=1")]
    [InlineData("/api/items/special?a=1&x=%uD800")]
    [InlineData("/api/nowhere/%FF")]
    [InlineData("/%FF")]
    public async Task An_address_that_is_not_UTF_8_is_a_400_problem(string target)
    {
        var answer = await RawHttp.SendAsync(_app.Address, $"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal(400, answer.Status);
        ProblemAssert.Is(answer.Body, 400);
    }

    [Theory]
    [InlineData("/api/items/%C3%A9", "é é ShowNamed")]
    [InlineData("/api/items/%F0%9F%98%80x", "😀x 😀x ShowNamed")]
    [InlineData("/api/items/%zz", "%zz %zz ShowNamed")]
    [InlineData("/api/items/100%", "100% 100% ShowNamed")]
    [InlineData("/api/items/a?x=%u20AC&y=%", "a a ShowNamed")]
    public async Task An_address_with_other_escapes_is_served(string target, string body)
    {
        var answer = await RawHttp.SendAsync(_app.Address, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Equal((200, body), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task The_route_prefix_comes_from_the_host_settings()
    {
        using var files = new AppFiles().With(
            "host.json",
            """{ "version": "2.0", "extensions": { "http": { "routePrefix": "v2/things" } } }"""
        );
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app => app.Services.AddSingleton<Signals>(),
            files.Directory
        );
        Assert.Equal("special", await app.Client.GetStringAsync("v2/things/items/special"));
        using var old = await app.Client.GetAsync("api/items/special");
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    [Fact]
    public async Task A_posted_item_is_read_whatever_the_case_of_its_names()
    {
        using var response = await _app.Client.PostAsJsonAsync("api/items", new { iD = 5, nAme = "ruler" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/api/items/5", response.Headers.Location?.ToString());
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"Id":5,"Name":"ruler"}""", await response.Content.ReadAsStringAsync());
    }
}
