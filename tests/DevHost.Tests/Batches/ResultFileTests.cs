using System.Text.Json;
using Quorum.DevHost.Batches;
using Quorum.LocalServices;
using Quorum.Testing;

namespace Quorum.DevHost.Tests.Batches;

public sealed class ResultFileTests
{
    private const string Apple = """
        {"given":"AAPL","symbol":"AAPL","status":"done","reason":null,"quote":{"price":187.21,"currency":"USD","asOf":"2026-11-20T20:59:58Z",
        "completeness":"complete","quality":{"confidence":0.97,"outliers":["eodhd","massive"]}}}
        """;

    private const string Unknown = """{"given":"NOSUCH","symbol":"NOSUCH","status":"failed","reason":"unknown-symbol","quote":null}""";

    [Fact]
    public async Task Own_columns_come_first_and_every_line_has_its_answer()
    {
        var lines = await CsvAsync("Account,Symbol,Qty\nX1,AAPL,5\nX1,NOSUCH,1\nX1,,2\nX1,Cash,3\nX2,AAPL,7\n");

        Assert.Equal(
            [
                "Account,Symbol,Qty,quote symbol,price,currency,asOf,confidence,outliers,completeness,status,reason",
                "X1,AAPL,5,AAPL,187.21,USD,2026-11-20T20:59:58Z,0.97,eodhd massive,complete,done,",
                "X1,NOSUCH,1,NOSUCH,,,,,,,failed,unknown-symbol",
                "X1,,2,,,,,,,,skipped,The line has no symbol.",
                "X1,Cash,3,,,,,,,,failed,not-a-symbol",
                "X2,AAPL,7,AAPL,187.21,USD,2026-11-20T20:59:58Z,0.97,eodhd massive,complete,done,",
            ],
            lines
        );
    }

    [Fact]
    public async Task Cell_that_a_spreadsheet_would_run_is_made_harmless_and_numbers_stay()
    {
        var lines = await CsvAsync("Symbol,Note,Change\nAAPL,=HYPERLINK(1),-1.5\nNOSUCH,@SUM(A1),+2\n");

        Assert.Contains("'=HYPERLINK(1),-1.5", lines[1], StringComparison.Ordinal);
        Assert.Contains("'@SUM(A1),+2", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_hold_the_row_and_the_whole_quote()
    {
        using var output = new StringWriter();
        await Result("Symbol,Qty\nAAPL,5\nNOSUCH,6\n").WriteJsonAsync(output, CancellationToken.None);

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal("5", first.RootElement.GetProperty("row").GetProperty("Qty").GetString());
        Assert.Equal(187.21m, first.RootElement.GetProperty("quote").GetProperty("price").GetDecimal());
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("unknown-symbol", second.RootElement.GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, second.RootElement.GetProperty("quote").ValueKind);
    }

    [Fact]
    public async Task Older_result_stays_until_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "results.csv");
        await File.WriteAllTextAsync(path, "yesterday");
        ResultFile.RequireWritable(path);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Result("Symbol\nAAPL\n").WriteAsync(path, stopped.Token));
        Assert.Equal("yesterday", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));

        await Result("Symbol\nAAPL\n").WriteAsync(path, CancellationToken.None);
        Assert.Contains("187.21", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Missing_folder_is_reported_before_any_request()
    {
        var error = Assert.Throws<LocalServiceException>(() =>
            ResultFile.RequireWritable(Path.Combine(Path.GetTempPath(), "no-such-folder", "results.csv"))
        );

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> CsvAsync(string file)
    {
        using var output = new StringWriter();
        await Result(file).WriteCsvAsync(output, CancellationToken.None);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static ResultFile Result(string file)
    {
        var items = new[] { Apple, Unknown }
            .Select(text => JsonDocument.Parse(text).RootElement)
            .ToDictionary(item => item.GetProperty("given").GetString()!); // both have it
        return new ResultFile(SymbolFile.Of(TextTable.Parse(file), column: null), items);
    }
}
