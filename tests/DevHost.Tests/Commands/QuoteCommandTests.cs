using System.Text;
using Quorum.DevHost.Commands;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.Commands;

[Collection(SerialConsole.Name)]
public sealed class QuoteCommandTests
{
    private const string Quote = """
        {
          "symbol": "AAPL", "name": "Apple Inc.", "currency": "USD", "price": 187.21, "completeness": "complete",
          "quality": { "confidence": 0.97, "providersAsked": 6, "providersUsed": 6 },
          "providers": [], "timing": { "elapsedMs": 120.5 }
        }
        """;

    [Theory]
    [InlineData("complete", "complete")]
    [InlineData("agreed", "answered as soon as enough providers agreed")]
    [InlineData("partial", "partial")]
    [InlineData("stale", "stale")]
    public async Task Each_quote_with_status_200_is_printed_and_is_a_success(string completeness, string text)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET /api/quotes/AAPL", 200, Quote.Replace("\"complete\"", $"\"{completeness}\"", StringComparison.Ordinal));

        var run = await CommandRun.OfAsync("quote", "AAPL", "--server", instance.Address);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith("AAPL   Apple Inc.\n187.21 USD   ", run.Output, StringComparison.Ordinal);
        Assert.Contains(text, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /api/quotes/AAPL?budget=5000&maxAge=0", "AAPL")]
    [InlineData("GET /api/quotes/VOD%3AXLON?budget=200&maxAge=0", "VOD:XLON", "--budget", "200")]
    [InlineData("GET /api/quotes/EUR%2FUSD?budget=5000&maxAge=0", "EUR/USD")]
    [InlineData("GET /api/quotes/A%3F%26%23B?budget=5000&maxAge=0", "A?&#B")]
    [InlineData(
        "GET /api/quotes/KO?budget=5000&maxAge=0&providers=finnhub%2Ceodhd&agree=all",
        "KO",
        "--providers",
        "finnhub,eodhd",
        "--agree=all"
    )]
    [InlineData("GET /api/quotes/KO?budget=5000&maxAge=0&currency=GBX%26x%3D1", "KO", "--currency", "GBX&x=1")]
    public async Task Arguments_are_escaped_in_the_request(string line, params string[] arguments)
    {
        await using var instance = await FakeInstance.StartAsync();

        await CommandRun.OfAsync(["quote", .. arguments, "--server", instance.Address]);

        Assert.Equal([line], instance.Lines);
    }

    [Theory]
    [InlineData(202, """{"instanceId":"q1"}""", "No provider answered within the budget, and nothing is stored;")]
    [InlineData(404, """{"title":"Unknown symbol","detail":"No provider knows NOSUCH."}""", "Unknown symbol: No provider knows NOSUCH.")]
    [InlineData(429, """{"title":"Consumer limit","detail":"They are used up."}""", "Consumer limit: They are used up.")]
    [InlineData(500, "<html>nginx</html>", "InternalServerError (status 500)")]
    public async Task Any_other_status_is_explained_on_standard_error_and_is_a_failure(int status, string body, string text)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET ", status, body, ("Retry-After", "30"));

        var run = await CommandRun.OfAsync("quote", "NOSUCH", "--server", instance.Address);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith(text, run.Errors, StringComparison.Ordinal);
        Assert.Single(instance.Requests); // a person asks again
    }

    [Theory]
    [InlineData("<!doctype html><title>Some other site</title>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"status":"healthy"}""")]
    [InlineData("""{"quality":{},"providers":[],"timing":{}}""")]
    public async Task Answer_of_another_program_is_an_error_about_the_address(string body)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET ", 200, body);

        var run = await CommandRun.OfAsync("quote", "AAPL", "--server", instance.Address);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            $"{instance.Address}/ did not answer as Quorum does. --server must be the address of an instance, without /api, for example http://127.0.0.1:7071.\n",
            run.Errors
        );
    }

    [Fact]
    public async Task Answer_that_is_not_json_is_an_error_for_json_too()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET ", 200, "<html>");

        var run = await CommandRun.OfAsync("quote", "AAPL", "--json", "--server", instance.Address);

        Assert.Equal(1, run.Code);
        Assert.Contains("did not answer as Quorum does", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_indented_and_shows_letters_as_they_are() =>
        Assert.Equal(
            "{\n  \"name\": \"Münchener Rück & Co\",\n  \"price\": 1.10\n}\n",
            Encoding
                .UTF8.GetString(QuoteCommand.Indented("""{"name":"Münchener Rück \u0026 Co","price":1.10}"""u8.ToArray()).Span)
                .ReplaceLineEndings("\n")
        );

    [Fact]
    public async Task Keys_go_into_their_headers_and_are_not_printed()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET ", 401, """{"title":"Unknown consumer key"}""");

        var run = await CommandRun.OfAsync(
            "quote",
            "AAPL",
            "--server",
            instance.Address,
            "--key",
            "function-secret",
            "--consumer-key",
            "qk_secret"
        );

        var request = Assert.Single(instance.Requests);
        Assert.Equal(("function-secret", "qk_secret"), (request.Key, request.ConsumerKey));
        Assert.Equal((1, "Unknown consumer key (status 401)\n"), (run.Code, run.Output + run.Errors));
    }

    [Fact]
    public async Task Redirect_is_not_followed_since_the_keys_are_for_one_server()
    {
        await using var other = await FakeInstance.StartAsync();
        await using var instance = await FakeInstance.StartAsync();
        other.On("GET ", 200, Quote);
        instance.On("GET ", 307, "", ("Location", $"{other.Address}/api/quotes/AAPL"));

        var run = await CommandRun.OfAsync("quote", "AAPL", "--server", instance.Address, "--key", "function-secret");

        Assert.Empty(other.Requests);
        Assert.Equal(1, run.Code);
        Assert.StartsWith($"{instance.Address}/ redirects to {other.Address}/api/quotes/AAPL.", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_connection_is_reported_with_the_address()
    {
        using var port = new ClosedPort();
        var address = $"http://127.0.0.1:{port.Number}";

        var run = await CommandRun.OfAsync("quote", "AAPL", "--server", address, "--key", "function-secret");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"{address}/ gave no answer: ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_that_breaks_within_the_answer_is_reported_and_nothing_is_printed()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On(
            "GET ",
            async context =>
            {
                context.Response.ContentLength = Quote.Length;
                await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Quote[..80]));
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        );

        var run = await CommandRun.OfAsync("quote", "AAPL", "--server", instance.Address);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"{instance.Address}/ gave no answer: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_request_ends_it_without_a_message()
    {
        using var stop = new CancellationTokenSource();
        await using var instance = await FakeInstance.StartAsync();
        instance.On(
            "GET ",
            async context =>
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );

        var run = await CommandRun.OfAsync([], ["quote", "AAPL", "--server", instance.Address], stop.Token);

        Assert.Equal(new CommandRun(130, "", ""), run);
    }
}
