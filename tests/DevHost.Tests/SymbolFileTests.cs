using Quorum.DevHost.Batches;
using Quorum.LocalServices;
using Quorum.Testing;

namespace Quorum.DevHost.Tests;

public sealed class SymbolFileTests
{
    [Fact]
    public void The_first_column_holds_the_symbols_and_a_header_is_none() =>
        Assert.Equal(
            ["AAPL", "VOD:XLON", "BRK.B", "a \"b\"", "MSFT", "symbol"],
            SymbolFile.Parse(["Symbol,Name", "AAPL,Apple Inc.", "", " VOD:XLON ;Vodafone", "BRK.B\tBerkshire", "\"a \"\"b\"\"\",x", "MSFT", ",", "symbol"]));

    [Fact]
    public async Task A_file_without_symbols_or_no_file_says_so()
    {
        using var folder = new TemporaryFolder();
        var empty = Path.Combine(folder.Path, "empty.csv");
        await File.WriteAllTextAsync(empty, "symbol\n\n");

        Assert.Contains("holds no symbols", (await Assert.ThrowsAsync<LocalServiceException>(() => SymbolFile.ReadAsync(empty, default))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "cannot be read", (await Assert.ThrowsAsync<LocalServiceException>(() => SymbolFile.ReadAsync(Path.Combine(folder.Path, "none.csv"), default))).Message, StringComparison.Ordinal);
    }
}
