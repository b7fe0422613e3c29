using System.Text;
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

    [Theory]
    [InlineData("Symbol,Price,Price\nAAPL,1,2\n", """{"Symbol":"AAPL","Price":"1","Price (column 3)":"2"}""")]
    [InlineData("Symbol,,\nAAPL,1,2\n", """{"Symbol":"AAPL","column 2":"1","column 3":"2"}""")]
    [InlineData("Symbol,,column 2\nAAPL,1,2\n", """{"Symbol":"AAPL","column 2":"1","column 2 (column 3)":"2"}""")]
    [InlineData("Symbol,price,Price\nAAPL,1,2\n", """{"Symbol":"AAPL","price":"1","Price":"2"}""")]
    public async Task Each_column_has_a_member_of_its_own(string file, string row)
    {
        var output = new StringWriter();

        await Result(file).WriteJsonAsync(output, CancellationToken.None);

        Assert.StartsWith($$"""{"row":{{row}},"status":""", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_result_stays_until_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "results.csv");
        await File.WriteAllTextAsync(path, "yesterday");
        ResultFile.RequireWritable(path, "positions.csv");
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
            ResultFile.RequireWritable(Path.Combine(Path.GetTempPath(), "no-such-folder", "results.csv"), "positions.csv")
        );

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no-such-folder/results.csv", "/no-such-folder/results.csv cannot be written: the folder /no-such-folder does not exist.")]
    [InlineData("/tmp", "--output must be a file; /tmp is a folder.")]
    public void Output_that_cannot_be_written_is_named_as_the_user_wrote_it(string path, string message)
    {
        var error = Assert.Throws<LocalServiceException>(() => ResultFile.RequireWritable(path, "positions.csv"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".partial", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("positions.csv", "positions.csv")]
    [InlineData("./folder/../positions.csv", "positions.csv")]
    [InlineData("link.csv", "positions.csv")]
    [InlineData("positions.csv", "link.csv")]
    [InlineData("link-to-link.csv", "positions.csv")]
    [InlineData("linked/positions.csv", "positions.csv")]
    [InlineData("linked/folder/../link.csv", "folder/../positions.csv")]
    public async Task Output_that_is_the_input_is_refused(string output, string input)
    {
        using var folder = new TemporaryFolder();
        await WriteLinksAsync(folder.Path);

        var error = Assert.Throws<LocalServiceException>(() =>
            ResultFile.RequireWritable(Path.Combine(folder.Path, output), Path.Combine(folder.Path, input))
        );

        Assert.Contains("--output must be another file than the one that is read", error.Message, StringComparison.Ordinal);
        Assert.Equal("Symbol", await File.ReadAllTextAsync(Path.Combine(folder.Path, "positions.csv")));
    }

    [Fact]
    public async Task Output_that_is_the_input_in_relative_spelling_is_refused()
    {
        using var folder = new TemporaryFolder();
        await WriteLinksAsync(folder.Path);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder.Path, "positions.csv"));

        Assert.Throws<LocalServiceException>(() => ResultFile.RequireWritable(relative, Path.Combine(folder.Path, "link.csv")));
    }

    [Theory]
    [InlineData("results.csv")]
    [InlineData("folder/positions.csv")]
    [InlineData("loop.csv")]
    public async Task Output_beside_the_input_is_accepted(string output)
    {
        using var folder = new TemporaryFolder();
        await WriteLinksAsync(folder.Path);

        ResultFile.RequireWritable(Path.Combine(folder.Path, output), Path.Combine(folder.Path, "positions.csv"));
    }

    public static TheoryData<string, string> Encodings =>
        new()
        {
            { "utf-8", "" },
            { "utf-8", "EFBBBF" },
            { "utf-16", "FFFE" },
            { "utf-16BE", "FEFF" },
            { "windows-1252", "" },
        };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Result_has_the_delimiter_encoding_and_line_breaks_of_the_file(string encoding, string mark)
    {
        var form = encoding == "windows-1252" ? TextForm.Legacy : Encoding.GetEncoding(encoding);
        using var folder = new TemporaryFolder();
        var (input, output) = (Path.Combine(folder.Path, "depot.csv"), Path.Combine(folder.Path, "results.csv"));
        await File.WriteAllBytesAsync(
            input,
            [.. Convert.FromHexString(mark), .. form.GetBytes("Symbol;Stück;Betrag\r\nAAPL;1,5;-10,00 €\r\n")]
        );

        await new ResultFile(await SymbolFile.ReadAsync(input, null, CancellationToken.None), Items()).WriteAsync(
            output,
            CancellationToken.None
        );

        var bytes = await File.ReadAllBytesAsync(output);
        Assert.Equal(mark, Convert.ToHexString(bytes.AsSpan(0, mark.Length / 2)));
        var text = form.GetString(bytes.AsSpan(mark.Length / 2));
        Assert.StartsWith("Symbol;Stück;Betrag;quote symbol;price;", text, StringComparison.Ordinal);
        Assert.Contains("\r\nAAPL;1,5;-10,00 €;AAPL;187.21;USD;", text, StringComparison.Ordinal);
        Assert.Equal(text.Count(character => character == '\n'), text.Count(character => character == '\r'));
    }

    [Theory]
    [InlineData("sep=;\nSymbol;Qty\nAAPL;1\n", "sep=;\nSymbol;Qty;")]
    [InlineData("Symbol\tQty\nAAPL\t1\n", "Symbol\tQty\t")]
    [InlineData("Symbol|Qty\nAAPL|1\n", "Symbol|Qty|")]
    [InlineData("AAPL\n", "column 1,symbol,")]
    public async Task Result_has_the_delimiter_of_the_file(string file, string start) =>
        Assert.StartsWith(start, string.Join('\n', await CsvAsync(file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("-1,5")]
    [InlineData("+1.234,56")]
    [InlineData("-12,50 EUR")]
    [InlineData("-3,2 %")]
    [InlineData("-1.5E-3")]
    [InlineData("-$5.00")]
    [InlineData("--")]
    [InlineData("-")]
    public async Task Numbers_and_dashes_stay_as_they_are(string cell) =>
        Assert.Contains($";{cell};", (await CsvAsync($"Symbol;Betrag\nAAPL;{cell}\n"))[1], StringComparison.Ordinal);

    [Theory]
    [InlineData("-1+cmd|' /C calc'!A0")]
    [InlineData("+A1")]
    [InlineData("-2+3")]
    [InlineData("-SUM(A1)")]
    public async Task Formulas_are_made_harmless(string cell) =>
        Assert.Contains($";'{cell};", (await CsvAsync($"Symbol;Betrag\nAAPL;{cell}\n"))[1], StringComparison.Ordinal);

    private static async Task WriteLinksAsync(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "folder"));
        await File.WriteAllTextAsync(Path.Combine(folder, "positions.csv"), "Symbol");
        File.CreateSymbolicLink(Path.Combine(folder, "link.csv"), "positions.csv");
        File.CreateSymbolicLink(Path.Combine(folder, "link-to-link.csv"), Path.Combine(folder, "link.csv"));
        File.CreateSymbolicLink(Path.Combine(folder, "loop.csv"), "loop.csv");
        Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), folder);
    }

    private static async Task<string[]> CsvAsync(string file)
    {
        using var output = new StringWriter();
        await Result(file).WriteCsvAsync(output, CancellationToken.None);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static ResultFile Result(string file) => new(SymbolFile.Of(TextTable.Parse(file), column: null), Items());

    private static BatchItems Items() =>
        new(
            new[] { Apple, Unknown }
                .Select(text => JsonDocument.Parse(text).RootElement)
                .ToDictionary(item => item.GetProperty("given").GetString()!) // both have it
        );
}
