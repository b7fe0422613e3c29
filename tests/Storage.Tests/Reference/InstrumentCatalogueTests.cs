using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class InstrumentCatalogueTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private StorageOnDatabase _storage = null!; // Set before each test.

    private InstrumentCatalogue Catalogue => _storage.Catalogue;

    public async Task InitializeAsync()
    {
        _storage = await StorageOnDatabase.MigratedAsync(fixture.Database);
        await Catalogue.RefreshAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Theory]
    [InlineData("AAPL", "AAPL")]
    [InlineData("aapl:xnas", "AAPL")]
    [InlineData("AAPL:XNYS", "AAPL")]
    [InlineData("T0001:XNGS", "T0001")]
    [InlineData("VOD:XLON", "VOD:XLON")]
    [InlineData("VOD", "VOD")]
    [InlineData("SAP:XETA", "SAP:XETR")]
    [InlineData("BRK-B", "BRK.B")]
    [InlineData("BRK-B:XNYS", "BRK.B")]
    [InlineData("NOSUCH-B", "NOSUCH.B")]
    [InlineData("VOD.L", "VOD:XLON")]
    [InlineData("BRK-B.US", "BRK.B")]
    [InlineData("US0378331005", "AAPL")]
    [InlineData("GB00BH4HKS39", "VOD:XLON")]
    [InlineData("GB0005405286", "HSBA:XLON")] // also listed in Hong Kong
    [InlineData("CA82509L1076", "SHOP:XTSE")] // also listed in New York
    [InlineData("NOSUCH:XLON", "NOSUCH:XLON")]
    public void A_symbol_has_one_canonical_form(string given, string canonical)
    {
        Assert.True(Catalogue.TryRead(given, out var symbol, out var rule), rule);
        Assert.Equal(Symbol.Parse(canonical), symbol);
    }

    [Fact]
    public void N20_Every_providers_spelling_of_every_instrument_means_it_or_is_refused_with_it()
    {
        foreach (var listing in Catalogue.Instruments.SelectMany(instrument => Catalogue.FindListings(instrument.Symbol)))
        {
            // A plain US ticker means the US listing.
            if (Catalogue.TryRead(listing.ProviderSymbol, out var symbol, out var rule))
            {
                Assert.Equal(listing.Symbol, symbol);
            }
            else
            {
                Assert.Contains(listing.Symbol.ToString(), rule, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_london_line_and_the_depositary_receipt_are_two_instruments()
    {
        var line = Catalogue.Find(Symbol.Parse("VOD:XLON"));
        var receipt = Catalogue.Find(Symbol.Parse("VOD"));

        Assert.Equal(("XLON", "GBP", "GB00BH4HKS39"), (line?.Venue.ToString(), line?.Currency.ToString(), line?.Isin));
        Assert.Equal(("XNAS", "USD", "US92857W3088"), (receipt?.Venue.ToString(), receipt?.Currency.ToString(), receipt?.Isin));
    }

    [Fact]
    public void A_listing_says_what_to_ask_for_and_in_which_unit_the_price_comes()
    {
        var listing = Catalogue.FindListing(Symbol.Parse("VOD:XLON"), ProviderId.Eodhd);

        Assert.Equal(
            new ProviderListing
            {
                Provider = ProviderId.Eodhd,
                Symbol = Symbol.Parse("VOD:XLON"),
                ProviderSymbol = "VOD.LSE",
                Unit = "GBX",
                Venue = Mic.Parse("XLON"),
                Currency = CurrencyCode.Parse("GBP"),
            },
            listing
        );
    }

    [Fact]
    public void A_provider_that_does_not_list_an_instrument_has_no_listing()
    {
        Assert.Null(Catalogue.FindListing(Symbol.Parse("VOD:XLON"), ProviderId.Alpaca));
        Assert.Null(Catalogue.FindListing(Symbol.Parse("NOSUCH"), ProviderId.Alpaca));
        Assert.False(Catalogue.Knows(Symbol.Parse("NOSUCH")));
    }

    [Fact]
    public async Task Before_it_is_loaded_it_knows_nothing()
    {
        await using var fresh = StorageOnDatabase.Over(fixture.Database);

        Assert.False(fresh.Catalogue.IsLoaded);
        Assert.False(fresh.Catalogue.Knows(Symbol.Parse("AAPL")));
        Assert.True(Catalogue.IsLoaded);
    }
}
