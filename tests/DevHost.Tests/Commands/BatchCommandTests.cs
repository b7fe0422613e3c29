using System.Text.Json;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.Commands;

[Collection(SerialConsole.Name)]
public sealed class BatchCommandTests : IDisposable
{
    private const string UnknownIsin = "US69608A1088";

    private readonly TemporaryFolder _folder = new();

    private string Output => _folder["results.csv"];

    [Fact]
    public async Task Every_line_gets_the_quote_of_its_symbol_and_the_batch_is_a_success()
    {
        await using var instance = await EndedAsync(Done("AAPL", "187.21"), Done("VOD:XLON", "0.689"));

        var run = await RunAsync(instance, "Symbol,Qty\nAAPL,5\nVOD:XLON,7\nAAPL,1\n");

        Assert.Equal(new CommandRun(0, "", $"Symbols: column 1 ('Symbol').\n2 of 2\nAll 3 lines have a quote. Results: {Output}\n"), run);
        Assert.Equal(["AAPL,5,AAPL,187.21", "VOD:XLON,7,VOD:XLON,0.689", "AAPL,1,AAPL,187.21"], await ResultsAsync(columns: 4));
        using var sent = JsonDocument.Parse(instance.Requests.First().Body);
        Assert.Equal(["AAPL", "VOD:XLON"], sent.RootElement.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()));
        Assert.StartsWith("file-", sent.RootElement.GetProperty("batchId").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_without_a_quote_keeps_its_reason_and_makes_the_exit_code_3()
    {
        await using var instance = await EndedAsync(Done("AAPL", "187.21"), Failed("NOSUCH", "unknown-symbol"));

        var run = await RunAsync(instance, "Symbol\nAAPL\nNOSUCH\nDROPPED\n");

        Assert.Equal(3, run.Code);
        Assert.EndsWith(
            $"1 of 3 lines have a quote; the column 'reason' gives the cause for the others. Results: {Output}\n",
            run.Errors,
            StringComparison.Ordinal
        );
        var lines = await File.ReadAllLinesAsync(Output);
        Assert.EndsWith(",failed,unknown-symbol", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",failed,no answer", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_are_written_to_a_file_that_ends_in_jsonl()
    {
        await using var instance = await EndedAsync(Done("AAPL", "187.21"), Failed("NOSUCH", "unknown-symbol"));

        var run = await RunAsync(instance, "Symbol,Qty\nAAPL,5\nNOSUCH\n", _folder["results.JSONL"]);

        Assert.Equal(3, run.Code);
        Assert.Equal(
            [
                """{"row":{"Symbol":"AAPL","Qty":"5"},"status":"done","reason":"","quote":{"price":187.21}}""",
                """{"row":{"Symbol":"NOSUCH","Qty":""},"status":"failed","reason":"unknown-symbol","quote":null}""",
            ],
            await File.ReadAllLinesAsync(_folder["results.JSONL"])
        );
    }

    [Fact]
    public async Task Items_are_read_page_by_page()
    {
        await using var instance = await EndedAsync();
        instance
            .On("GET /api/batches/*/items?limit=200&cursor=a%2Fb%26c", 200, $$"""{"items":[{{Done("KO", "60")}}],"next":null}""")
            .On("GET /api/batches/*/items?limit=200", 200, $$"""{"items":[{{Done("AAPL", "187.21")}}],"next":"a/b&c"}""");

        var run = await RunAsync(instance, "Symbol\nAAPL\nKO\n");

        Assert.Equal(0, run.Code);
        Assert.Equal(["AAPL,AAPL,187.21", "KO,KO,60"], await ResultsAsync(columns: 3));
    }

    [Fact]
    public async Task More_symbols_than_a_batch_may_have_are_sent_in_several()
    {
        string[] symbols = [.. Enumerable.Range(1, 1001).Select(number => $"A{number}")];
        await using var instance = await EndedAsync([.. symbols.Select(symbol => Done(symbol, "187.21"))]);

        var run = await RunAsync(instance, $"Symbol\n{string.Join('\n', symbols)}\n");

        Assert.Equal(0, run.Code);
        var sizes = instance
            .Requests.Where(request => request.Line == "POST /api/batches")
            .Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("symbols").GetArrayLength());
        Assert.Equal([1000, 1], sizes);
    }

    [Fact]
    public async Task Two_spellings_of_one_instrument_share_its_item()
    {
        await using var instance = await EndedAsync(Done("VOD:XLON", "0.689"));
        instance
            .On("GET /api/instruments/VOD.L", 200, """{"symbol":"VOD:XLON"}""")
            .On("GET /api/instruments/VOD%20LN", 404, """{"title":"Unknown instrument"}""");

        var run = await RunAsync(instance, "Symbol\nvod:xlon\nVOD.L\nVOD LN\n");

        Assert.Equal(3, run.Code);
        Assert.Equal(["vod:xlon,VOD:XLON,0.689", "VOD.L,VOD:XLON,0.689", "VOD LN,,"], await ResultsAsync(columns: 3));
        Assert.Equal(
            ["GET /api/instruments/VOD.L", "GET /api/instruments/VOD%20LN"],
            instance.Lines.Where(line => line.Contains("instruments", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Ticker_of_an_unknown_isin_is_sent_in_a_second_batch()
    {
        await using var instance = await EndedAsync(Failed(UnknownIsin, "invalid-symbol"));
        instance.On("GET /api/batches/*/items", 200, Page(Done("PLTR", "150")));

        var run = await RunAsync(instance, $"ISIN,Ticker\n{UnknownIsin},PLTR\n");

        Assert.Equal(0, run.Code);
        Assert.Contains(
            "The app does not know some ISINs; it is asked for the tickers of their lines (1).",
            run.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal([$"{UnknownIsin},PLTR,PLTR,150"], await ResultsAsync(columns: 4));
    }

    [Fact]
    public async Task Keys_go_with_each_request_and_are_not_printed()
    {
        await using var instance = await EndedAsync(Done("AAPL", "187.21"));

        var run = await RunAsync(instance, "Symbol\nAAPL\n", Output, "--key", "function-secret", "--consumer-key", "qk_secret");

        Assert.Equal(3, instance.Requests.Count);
        Assert.All(instance.Requests, request => Assert.Equal(("function-secret", "qk_secret"), (request.Key, request.ConsumerKey)));
        Assert.DoesNotContain("secret", run.Errors + await File.ReadAllTextAsync(Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        400,
        """{"title":"Invalid body","detail":"symbols must be at most 1000."}""",
        "Invalid body: symbols must be at most 1000."
    )]
    [InlineData(500, "<html>", "InternalServerError (status 500)")]
    public async Task Batch_that_is_rejected_is_a_failure_and_no_result_is_written(int status, string body, string text)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST /api/batches", status, body);

        var run = await RunAsync(instance, "Symbol\nAAPL\n");

        Assert.Equal(new CommandRun(1, "", $"Symbols: column 1 ('Symbol').\n{text}\n"), run);
        Assert.False(File.Exists(Output));
        Assert.Single(instance.Requests);
    }

    [Theory]
    [InlineData("POST /api/batches", "<html>")]
    [InlineData("GET /api/batches/*", """{"total":1}""")]
    [InlineData("GET /api/batches/*/items", """{"total":1}""")]
    public async Task Answer_of_another_program_is_an_error_about_the_address(string request, string body)
    {
        await using var instance = await FakeInstance.StartAsync();
        Register(instance.On(request, 200, body));

        var run = await RunAsync(instance, "Symbol\nAAPL\n");

        Assert.Equal(1, run.Code);
        Assert.Contains($"{instance.Address}/ did not answer as Quorum does.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_that_is_deleted_meanwhile_is_a_failure_and_the_older_result_stays()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST ", 202, "{}").On("GET ", 404, """{"title":"Unknown batch","detail":"It was deleted."}""");
        await File.WriteAllTextAsync(Output, "yesterday");

        var run = await RunAsync(instance, "Symbol\nAAPL\n");

        Assert.Equal(1, run.Code);
        Assert.EndsWith("Unknown batch: It was deleted.\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal("yesterday", await File.ReadAllTextAsync(Output));
    }

    [Fact]
    public async Task Stop_request_while_the_batch_runs_writes_no_result()
    {
        using var stop = new CancellationTokenSource();
        await using var instance = await FakeInstance.StartAsync();
        instance
            .On("POST ", 202, "{}")
            .On(
                "GET ",
                async context =>
                {
                    await context.Response.Body.WriteAsync(
                        """{"total":2,"done":1,"failed":0,"cancelled":0,"finished":null}"""u8.ToArray(),
                        context.RequestAborted
                    );
                    await context.Response.CompleteAsync();
                    await stop.CancelAsync();
                }
            );

        var run = await RunAsync(instance, "Symbol\nAAPL\nKO\n", Output, stop.Token);

        Assert.Equal((130, ""), (run.Code, run.Output));
        Assert.False(File.Exists(Output));
    }

    [Theory]
    [InlineData("Symbol\nAAPL\n", "no-such-folder/results.csv", "cannot be written: the folder")]
    [InlineData("Symbol\nAAPL\n", "positions.csv", "--output must be another file than the one that is read")]
    [InlineData("Amount\n12.50\n", "results.csv", "must hold symbols")]
    public async Task Nothing_is_sent_if_the_file_or_the_output_is_wrong(string text, string output, string message)
    {
        await using var instance = await FakeInstance.StartAsync();

        var run = await RunAsync(instance, text, _folder[output]);

        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Empty(instance.Requests);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<FakeInstance> EndedAsync(params string[] items)
    {
        var instance = await FakeInstance.StartAsync();
        Register(instance, items);
        return instance;
    }

    private static void Register(FakeInstance instance, params string[] items) =>
        instance
            .On("POST /api/batches", 202, "{}")
            .On("GET /api/batches/*", 200, """{"total":2,"done":1,"failed":1,"cancelled":0,"finished":"2026-11-20T15:00:00Z"}""")
            .On("GET /api/batches/*/items", 200, Page(items));

    private static string Page(params string[] items) => $$"""{"items":[{{string.Join(',', items)}}],"next":null}""";

    private static string Done(string symbol, string price) =>
        $$$"""{"given":"{{{symbol}}}","symbol":"{{{symbol}}}","status":"done","reason":null,"quote":{"price":{{{price}}}}}""";

    private static string Failed(string symbol, string reason) =>
        $$"""{"given":"{{symbol}}","symbol":null,"status":"failed","reason":"{{reason}}","quote":null}""";

    private Task<CommandRun> RunAsync(FakeInstance instance, string text) => RunAsync(instance, text, Output);

    private Task<CommandRun> RunAsync(FakeInstance instance, string text, string output, params string[] options) =>
        RunAsync(instance, text, output, CancellationToken.None, options);

    private async Task<CommandRun> RunAsync(
        FakeInstance instance,
        string text,
        string output,
        CancellationToken stop,
        params string[] options
    )
    {
        await File.WriteAllTextAsync(_folder["positions.csv"], text);
        string[] arguments = ["batch", _folder["positions.csv"], "--output", output, "--server", instance.Address, .. options];
        return await CommandRun.OfAsync([], arguments, stop);
    }

    /// <summary>The first columns of each line of the result.</summary>
    private async Task<IEnumerable<string>> ResultsAsync(int columns) =>
        (await File.ReadAllLinesAsync(Output)).Skip(1).Select(line => string.Join(',', line.Split(',').Take(columns)));
}
