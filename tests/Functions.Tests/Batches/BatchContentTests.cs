using Microsoft.Extensions.Options;
using Quorum.Functions.Batches;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Batches;

public sealed class BatchContentTests
{
    /// <summary>Without reference data.</summary>
    private static readonly InstrumentCatalogue Empty = new(
        new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = "Host=localhost" }))
    );

    [Fact]
    public void Each_instrument_is_one_item_where_it_first_comes_and_each_text_that_is_no_symbol_another() =>
        Assert.Equal(
            ["msft MSFT", "? ", "vod:xlon VOD:XLON", "? "],
            Compose("msft", "?", "MSFT", "vod:xlon", "?").Items.Select(item => $"{item.Given} {item.Symbol}")
        );

    [Fact]
    public void The_same_symbols_in_the_same_order_are_the_same_content_however_they_are_written()
    {
        var content = Compose("AAPL", "VOD:XLON", "?").Content;

        Assert.Equal(content, Compose("aapl", "Vod:Xlon", "?").Content);
        Assert.NotEqual(content, Compose("VOD:XLON", "AAPL", "?").Content);
        Assert.NotEqual(content, Compose("AAPL", "VOD:XLON", "??").Content);
        Assert.NotEqual(Compose("?A", "B").Content, Compose("?", "AB").Content);
    }

    [Fact]
    public void N20_Every_spelling_of_an_instrument_is_one_item_and_the_refused_say_the_right_one()
    {
        var items = Compose("VOD.L", "VOD LN", "VOD:XLON", "LON:VOD", "BACpL", "BAC-PL").Items;

        Assert.Equal(["VOD:XLON", null, "BAC.PRL"], items.Select(item => item.Symbol));
        Assert.Contains("VOD:XLON", items[1].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_symbol_is_kept_short_and_readable() =>
        Assert.Equal(
            ["a\ufffdb\ufffdc", new string('?', 64) + "…"],
            Compose("a\0b\u001bc", new string('?', 5000)).Items.Select(item => item.Given)
        );

    private static NewBatch Compose(params string[] symbols) => BatchContent.Compose("id", symbols, Empty, DateTimeOffset.UnixEpoch);
}
