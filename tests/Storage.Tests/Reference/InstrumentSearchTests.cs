using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class InstrumentSearchTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private StorageOnDatabase _storage = null!; // Set before each test.

    public async Task InitializeAsync()
    {
        _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        await _storage.Catalogue.RefreshAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Theory]
    [InlineData("vod", "VOD", "VOD:XLON")]
    [InlineData("VOD:", "VOD:XLON")]
    [InlineData("US0378331005", "AAPL")]
    [InlineData("us037833", "AAPL")]
    [InlineData("vodafone g", "VOD:XLON")]
    [InlineData("motor", "7203:XTKS")]
    [InlineData("nestle", "NESN:XSWX")]
    [InlineData("NESTLÉ", "NESN:XSWX")]
    [InlineData("oreal", "OR:XPAR")]
    [InlineData("l'oreal", "OR:XPAR")]
    [InlineData("moet", "MC:XPAR")]
    [InlineData("VOD.L", "VOD:XLON")]
    [InlineData("VOD LN", "VOD:XLON")]
    [InlineData("vod.lse", "VOD:XLON")]
    [InlineData("BRK-B.US", "BRK.B")]
    [InlineData("SAP.DEX", "SAP:XETR")]
    [InlineData("CH0038863350", "NESN:XSWX")]
    [InlineData("odafone")]
    [InlineData("no such thing")]
    public void A_text_finds_how_symbol_isin_name_or_a_word_of_the_name_begins(string text, params string[] symbols)
    {
        var found = Find(new InstrumentFilter(text));

        Assert.Equal(symbols.Length == 0, found.Length == 0);
        Assert.All(symbols, symbol => Assert.Contains(symbol, found));
    }

    [Fact]
    public void Venue_and_currency_restrict_and_a_segment_means_its_operating_venue()
    {
        var london = _storage.Catalogue.Search(new InstrumentFilter(Venue: Mic.Parse("XLON")), null, 1000);
        Assert.NotEmpty(london);
        Assert.All(london, instrument => Assert.Equal("XLON", instrument.Venue.ToString()));
        Assert.Equal(Find(new InstrumentFilter(Venue: Mic.Parse("XETR"))), Find(new InstrumentFilter(Venue: Mic.Parse("XETA"))));
        Assert.Contains("7203:XTKS", Find(new InstrumentFilter(Currency: CurrencyCode.Parse("JPY"))));
        Assert.Empty(Find(new InstrumentFilter(Venue: Mic.Parse("XLON"), Currency: CurrencyCode.Parse("JPY"))));
    }

    [Fact]
    public void Pages_follow_each_other_in_the_order_of_symbols_and_miss_none()
    {
        var all = new List<string>();
        for (Symbol? after = null; ; )
        {
            var page = _storage.Catalogue.Search(new InstrumentFilter(), after, 7);
            if (page.Count == 0)
            {
                break;
            }

            all.AddRange(page.Select(instrument => instrument.Symbol.ToString()));
            after = page[^1].Symbol;
        }

        Assert.Equal(_storage.Catalogue.Instruments.Select(instrument => instrument.Symbol.ToString()).Order(StringComparer.Ordinal), all);
    }

    [Fact]
    public void An_instruments_listings_come_in_the_order_of_providers() =>
        Assert.Equal(ProviderId.All, _storage.Catalogue.FindListings(Symbol.Parse("AAPL")).Select(listing => listing.Provider));

    private string[] Find(InstrumentFilter filter) =>
        [.. _storage.Catalogue.Search(filter, null, 1000).Select(instrument => instrument.Symbol.ToString())];
}
