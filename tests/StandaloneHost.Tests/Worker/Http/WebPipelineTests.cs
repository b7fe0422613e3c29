using System.IO.Compression;
using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class WebPipelineTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_answer_is_compressed_for_who_accepts_it(string encoding)
    {
        await using var app = await RunningApp.StartAsync(typeof(WebFunctions));

        using var response = await SendAsync(app, HttpMethod.Get, ("Accept-Encoding", encoding));

        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", response.Headers.Vary.Single());
        await using var packed = await response.Content.ReadAsStreamAsync();
        await using Stream text =
            encoding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        Assert.StartsWith("{\"url\":\"http://127.0.0.1:", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_a_listed_origin_may_call_and_others_may_not()
    {
        using var files = new AppFiles().With(
            "local.settings.json",
            """{"Host": {"CORS": "https://board.example, https://other.example"}}"""
        );
        await using var app = await RunningApp.StartAsync(typeof(WebFunctions), directory: files.Directory);

        using var preflight = await SendAsync(
            app,
            HttpMethod.Options,
            ("Origin", "https://board.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "x-functions-key")
        );
        using var listed = await SendAsync(app, HttpMethod.Get, ("Origin", "https://board.example"));
        using var stranger = await SendAsync(app, HttpMethod.Get, ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(["https://board.example"], preflight.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["x-functions-key"], preflight.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.Equal(["https://board.example"], listed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.False(stranger.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Without_the_setting_no_page_of_another_origin_may_call()
    {
        await using var app = await RunningApp.StartAsync(typeof(WebFunctions));

        using var response = await SendAsync(
            app,
            HttpMethod.Options,
            ("Origin", "https://board.example"),
            ("Access-Control-Request-Method", "GET")
        );

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("127.0.0.1", "https://quotes.example/api/web")]
    [InlineData("10.0.0.0/8", "http://localhost:")] // the caller is no known proxy
    [InlineData("", "http://localhost:")]
    public async Task Headers_of_a_known_proxy_give_the_address(string proxies, string address)
    {
        await using var app = await RunningApp.StartAsync(
            typeof(WebFunctions),
            args: ["--environment", "Production", "--Functions:Http:KnownProxies", proxies]
        );

        using var response = await SendAsync(
            app,
            HttpMethod.Get,
            ("Host", $"localhost:{app.Address.Port}"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "quotes.example")
        );

        Assert.StartsWith($"{{\"url\":\"{address}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("localhost.evil.example")]
    public async Task A_host_that_is_not_trusted_is_not_repeated(string host)
    {
        await using var app = await RunningApp.StartAsync(typeof(WebFunctions), args: ["--environment", "Production"]);

        using var response = await SendAsync(app, HttpMethod.Get, ("Host", host));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(
            $"{{\"url\":\"http://127.0.0.1:{app.Address.Port}/",
            await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_request_for_a_host_that_is_not_allowed_is_rejected()
    {
        await using var app = await RunningApp.StartAsync(
            typeof(WebFunctions),
            args: ["--AllowedHosts", "quotes.example;*.quotes.example"]
        );

        using var allowed = await SendAsync(app, HttpMethod.Get, ("Host", "eu.quotes.example"));
        using var other = await SendAsync(app, HttpMethod.Get, ("Host", "evil.example"));

        Assert.StartsWith("{\"url\":\"http://eu.quotes.example/", await allowed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        RunningApp app,
        HttpMethod method,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, "/api/web");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await app.Client.SendAsync(request);
    }

    public static class WebFunctions
    {
        [Function("ShowAddress")]
        public static async Task<HttpResponseData> ShowAddress(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "web")] HttpRequestData request
        )
        {
            var response = request.CreateResponse();
            await response.WriteAsJsonAsync(new { url = request.Url });
            return response;
        }
    }
}
