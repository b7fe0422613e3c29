using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class RefusalTests : IAsyncLifetime
{
    private const string Host = "Host: localhost\r\n";
    private RunningApp _app = null!; // set before each test

    public async Task InitializeAsync() =>
        _app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app =>
            {
                app.Services.AddSingleton<Signals>();
                app.Configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "1000";
                app.Configuration["Functions:Http:HeadersTimeout"] = "00:00:01";
                app.Configuration["Functions:Http:BodyGrace"] = "00:00:02";
            }
        );

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public static TheoryData<string, int> BrokenRequests =>
        new()
        {
            { "nonsense\r\n\r\n", 400 },
            { "GET\r\n\r\n", 400 },
            { "GET /api/items/1\r\n\r\n", 400 },
            { $"GET /api/items/1 HTTP/9.9\r\n{Host}\r\n", 505 },
            { $"GET /api/it\0ems/1 HTTP/1.1\r\n{Host}\r\n", 400 },
            { $"GET /api/items/%00 HTTP/1.1\r\n{Host}\r\n", 400 },
            { $"GET /api/items/\u00e9 HTTP/1.1\r\n{Host}\r\n", 400 },
            { $"GE\u0007T /api/items/1 HTTP/1.1\r\n{Host}\r\n", 400 },
            { "GET /api/items/1 HTTP/1.1\r\n\r\n", 400 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}{Host}\r\n", 400 },
            { "GET /api/items/1 HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}No colon\r\n\r\n", 400 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}Na me: value\r\n\r\n", 400 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}X: a\0b\r\n\r\n", 400 },
            { $"POST /api/items HTTP/1.1\r\n{Host}Content-Length: many\r\n\r\n", 400 },
            { $"POST /api/items HTTP/1.1\r\n{Host}Content-Length: -1\r\n\r\n", 400 },
            { $"GET /api/items/{new string('x', 20_000)} HTTP/1.1\r\n{Host}\r\n", 414 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}X: {new string('x', 40_000)}\r\n\r\n", 431 },
            { $"GET /api/items/1 HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: 1\r\n"))}\r\n", 431 },
        };

    [Theory]
    [MemberData(nameof(BrokenRequests))]
    public async Task A_request_that_is_not_HTTP_is_answered_by_the_server_with_its_bare_status(string request, int status)
    {
        var answer = await RawHttp.SendAsync(_app.Address, request);
        Assert.Equal(status, answer.Status);
        Assert.Contains("Connection: close", answer.Head, StringComparison.Ordinal);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task A_body_whose_chunks_are_broken_is_a_400_problem()
    {
        var answer = await RawHttp.SendAsync(_app.Address, $"POST /api/items HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nzz\r\n");
        Assert.Equal(400, answer.Status);
        ProblemAssert.Is(answer.Body, 400);
    }

    [Fact]
    public async Task A_refused_request_does_not_harm_the_next_one_on_another_connection()
    {
        await RawHttp.SendAsync(_app.Address, "nonsense\r\n\r\n");
        Assert.Equal("special", await _app.Client.GetStringAsync("api/items/special"));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_a_413_problem_with_or_without_a_Content_Length()
    {
        using var told = await _app.Client.PostAsync("api/echo", new ByteArrayContent(new byte[1001]));
        await ProblemAssert.IsAsync(told, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("The body must have no more than 1000 bytes.", await told.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var answer = await RawHttp.SendAsync(
            _app.Address,
            $"POST /api/echo HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\n400\r\n{new string('x', 1024)}\r\n0\r\n\r\n"
        );
        Assert.Equal(413, answer.Status);
        ProblemAssert.Is(answer.Body, 413);
        Assert.Contains("The body must have no more than 1000 bytes.", answer.Body, StringComparison.Ordinal);

        using var largest = await _app.Client.PostAsync("api/echo", new ByteArrayContent(new byte[1000]));
        Assert.Equal(HttpStatusCode.OK, largest.StatusCode);
    }

    [Fact]
    public async Task The_body_of_a_GET_is_not_waited_for()
    {
        var answer = await RawHttp.SendAsync(
            _app.Address,
            $"GET /api/items/special HTTP/1.1\r\n{Host}Connection: close\r\nContent-Length: 900\r\n\r\n"
        );
        Assert.Equal(200, answer.Status);
        Assert.Equal("special", answer.Body);
    }

    [Fact]
    public async Task Without_a_setting_a_body_may_have_512_KiB()
    {
        await using var app = await RunningApp.StartAsync(typeof(HttpFunctions), app => app.Services.AddSingleton<Signals>());
        using var largest = await app.Client.PostAsync("api/echo", new ByteArrayContent(new byte[512 * 1024]));
        Assert.Equal(HttpStatusCode.OK, largest.StatusCode);
        using var larger = await app.Client.PostAsync("api/echo", new ByteArrayContent(new byte[(512 * 1024) + 1]));
        await ProblemAssert.IsAsync(larger, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains(
            "The body must have no more than 524288 bytes.",
            await larger.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_exception_that_escapes_a_function_is_a_500_without_details_and_logged_once()
    {
        using var response = await _app.Client.GetAsync("api/fail");
        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        var entry = Assert.Single(_app.Logs.Collector.GetSnapshot(), entry => entry.Exception is not null);
        Assert.Contains("Function Fail failed. Invocation ", entry.Message, StringComparison.Ordinal);
        Assert.Contains(problem.GetProperty("traceId").GetString() ?? "?", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_cannot_be_sent_is_a_500_and_nothing_of_it_goes_out()
    {
        using var response = await _app.Client.GetAsync("api/faillate");
        await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError);
        Assert.False(response.Headers.Contains("X-Broken"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(199)]
    [InlineData(1000)]
    public async Task A_status_that_is_not_final_is_a_500_and_nothing_of_the_response_goes_out(int status)
    {
        using var response = await _app.Client.GetAsync($"api/statuses/{status}");
        await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError);
        Assert.False(response.Headers.Contains("X-Status"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(299)]
    [InlineData(599)]
    public async Task Any_final_status_goes_out_as_the_function_gave_it(int status)
    {
        using var response = await _app.Client.GetAsync($"api/statuses/{status}");
        Assert.Equal((status, 0), ((int)response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Hundreds_of_malformed_requests_are_all_answered_4xx()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 300; i++)
        {
            var line = new StringBuilder();
            for (var length = random.Next(1, 40); length > 0; length--)
            {
                line.Append((char)random.Next(1, 256));
            }

            line.Replace('\r', '?').Replace('\n', '?');
            var request = (i % 3) switch
            {
                0 => $"{line}\r\n{Host}\r\n",
                1 => $"GET /api/items/{line} HTTP/1.1\r\n{Host}\r\n",
                _ => $"GET /api/nowhere HTTP/1.1\r\n{Host}{line}\r\n\r\n",
            };
            var answer = await RawHttp.SendAsync(_app.Address, request);
            if (answer.Status != 200)
            {
                Assert.True(answer.Status is >= 400 and < 500 or 505, $"{answer.Status}: {request}");
                if (answer.Body.Length > 0)
                {
                    ProblemAssert.Is(answer.Body, answer.Status);
                }
            }
        }
    }

    [Theory]
    [InlineData($"GET /api/items/1 HTTP/1.1\r\n{Host}X: and then nothing", false)]
    [InlineData($"POST /api/echo HTTP/1.1\r\n{Host}Content-Length: 100\r\n\r\nand then nothing", true)]
    public async Task A_client_that_sends_no_further_is_not_waited_for(string beginning, bool hasReachedTheFunction)
    {
        var answer = await RawHttp.SendAsync(_app.Address, beginning);

        Assert.Equal(408, answer.Status);
        if (hasReachedTheFunction)
        {
            ProblemAssert.Is(answer.Body, 408);
        }
    }
}
