using static Quorum.MarketData.Tests.RawSamples;

namespace Quorum.MarketData.Tests;

public sealed class QuoteUnitTests
{
    [Theory]
    [InlineData(null, "GBX")]
    [InlineData("GBp", "GBp")]
    [InlineData("GBX", "GBX")]
    public void Pence_become_pounds_but_percent_and_volume_stay(string? unit, string rawUnit)
    {
        var raw = new RawQuote
        {
            Price = 7834,
            Bid = 7833,
            Ask = 7835.5m,
            Open = 7800,
            High = 7850.5m,
            Low = 7790,
            PreviousClose = 7800,
            Change = 34,
            ChangePercent = 0.4359m,
            Volume = 51_000_000,
            Unit = unit,
        };

        var quote = QuoteNormalizer.Normalize(raw, Vodafone, Now);

        Assert.Equal(
            (78.34m, 78.33m, 78.355m, 78m, 78.505m, 77.9m, 78m, 0.34m),
            (quote.Price, quote.Bid, quote.Ask, quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.Change)
        );
        Assert.Equal((0.4359m, 51_000_000L), (quote.ChangePercent, quote.Volume));
        Assert.Equal((7834m, rawUnit, CurrencyCode.Parse("GBP")), (quote.RawPrice, quote.RawUnit, quote.Currency));
        Assert.Null(quote.Suspect);
    }

    [Theory]
    [InlineData("ZAc", "ZAR", "1.5")]
    [InlineData("ZAC", "ZAR", "1.5")]
    [InlineData("ILA", "ILS", "1.5")]
    [InlineData("KWF", "KWD", "0.15")]
    [InlineData("GBX", "GBP", "1.5")]
    [InlineData("EUR", "EUR", "150")]
    [InlineData("GBP", "GBP", "150")]
    public void The_unit_that_the_answer_names_comes_before_the_listings(string unit, string currency, string price)
    {
        var quote = QuoteNormalizer.Normalize(
            new RawQuote { Price = 150, Unit = unit },
            Vodafone with
            {
                Unit = "USD",
                Currency = CurrencyCode.Parse(currency),
            },
            Now
        );

        Assert.Equal((currency, price, null), (quote.Currency.ToString(), quote.Price.ToString(), quote.Suspect));
    }

    [Theory]
    [InlineData("XNYS", "USD")]
    [InlineData("XETR", "EUR")]
    [InlineData("XETA", "EUR")] // a segment of it
    [InlineData("XPAR", "EUR")]
    [InlineData("XTKS", "JPY")]
    public void N19_Without_any_unit_a_venue_that_quotes_in_its_main_unit_only_decides(string venue, string currency)
    {
        var listing = Apple with { Unit = null, Currency = null, Venue = Mic.Parse(venue) };

        var quote = QuoteNormalizer.Normalize(new RawQuote { Price = 150, Unit = " " }, listing, Now);

        Assert.Equal((150m, currency, currency, null), (quote.Price, quote.Currency.ToString(), quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("XLON")]
    [InlineData("XJSE")]
    [InlineData("XXXX")] // no venue that we know
    public void N19_Where_the_venue_has_several_units_a_number_without_one_stays_raw_and_marked(string venue)
    {
        var listing = Apple with { Unit = null, Currency = null, Venue = Mic.Parse(venue) };

        var quote = QuoteNormalizer.Normalize(
            new RawQuote
            {
                Price = 68.9m,
                PreviousClose = 68m,
                Bid = 68.8m,
            },
            listing,
            Now
        );

        Assert.Equal((68.9m, 68.9m, 68m, 68.8m), (quote.Price, quote.RawPrice, quote.PreviousClose, quote.Bid));
        Assert.Equal((null, null, ProviderQuote.UnitUnknown), (quote.Currency, quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("EUX")]
    [InlineData("XXX")]
    [InlineData("XAU")]
    [InlineData("US Dollar")]
    [InlineData("USd")] // cents at some vendors
    [InlineData("gbp")] // pounds or pence
    [InlineData("Gbp")]
    [InlineData("Bananas for scale")]
    public void N23_A_unit_that_is_no_currency_and_no_known_minor_unit_is_unknown_whatever_the_listing_says(string unit)
    {
        var quote = QuoteNormalizer.Normalize(Raw with { Unit = unit }, Apple, Now);

        Assert.Equal((214.29m, null, null, ProviderQuote.UnitUnknown), (quote.Price, quote.Currency, quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("usd", "USD", 1)]
    [InlineData("Usd", "USD", 1)]
    [InlineData(" eur ", "EUR", 1)]
    [InlineData("gbx", "GBP", 100)]
    [InlineData("GBx", "GBP", 100)]
    [InlineData("zac", "ZAR", 100)]
    [InlineData("ila", "ILS", 100)]
    [InlineData("KWf", "KWD", 1000)]
    public void N23_Another_case_is_accepted_where_it_can_mean_nothing_else(string name, string currency, int perMajor)
    {
        var unit = QuoteUnit.TryParse(name);

        Assert.Equal((currency, perMajor), (unit?.Currency.ToString(), unit?.PerMajor));
    }

    [Fact]
    public void N23_Every_active_currency_is_read_and_nothing_else()
    {
        Assert.All(
            CurrencyCode.All,
            currency => Assert.Equal(new QuoteUnit(currency.ToString(), currency, 1), QuoteUnit.TryParse(currency.ToString()))
        );
        Assert.InRange(CurrencyCode.All.Count, 150, 160);
        Assert.All(
            ["DEM", "FRF", "HRK", "ZWL", "XTS", "XDR", "BTC", "", "US", "USDT", "123"],
            text => Assert.False(CurrencyCode.TryParse(text, out _), text)
        );
    }
}
