using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class ReferenceFileTests
{
    private const string Header = "ticker,name,mic,isin,currency,finnhub,alpha-vantage,twelve-data,massive,alpaca,eodhd";

    /// <summary>One share with listings at several venues; every other ISIN has one line.</summary>
    private static readonly string[][] SameShare = [["HSBA:XLON", "0005:XHKG"], ["SHOP", "SHOP:XTSE"]];

    private static ReferenceFile File => ReferenceFile.BuiltIn;

    [Fact]
    public void There_are_at_least_seventy_instruments_of_many_venues_and_currencies()
    {
        Assert.True(File.Instruments.Count >= 70);
        Assert.True(File.Instruments.Select(instrument => instrument.Venue).Distinct().Count() >= 6);
        Assert.Superset(
            new HashSet<string> { "USD", "GBP", "EUR", "CHF", "CAD", "JPY", "HKD" },
            File.Instruments.Select(instrument => instrument.Currency.ToString()).ToHashSet());
    }

    [Fact]
    public void Every_isin_has_a_true_check_digit()
    {
        Assert.All(File.Instruments, instrument => Assert.True(instrument.Isin is null || HasTrueCheckDigit(instrument.Isin), instrument.ToString()));
        Assert.False(HasTrueCheckDigit("US0378331006"));
    }

    [Fact]
    public void Every_venue_is_known_and_trades_in_its_currency() =>
        Assert.All(File.Instruments, instrument => Assert.Equal(Venue.Find(instrument.Venue)?.Currency, instrument.Currency));

    [Fact]
    public void No_symbol_occurs_twice() => Assert.Empty(Repeated(File.Instruments, instrument => instrument.Symbol));

    [Fact]
    public void No_two_lines_share_an_isin_but_listings_of_one_share()
    {
        var shared = File.Instruments.Where(instrument => instrument.Isin is not null)
            .GroupBy(instrument => instrument.Isin, instrument => instrument.Symbol.ToString())
            .Where(lines => lines.Count() > 1)
            .Select(lines => string.Join(' ', lines.Order(StringComparer.Ordinal)));

        Assert.Equal(
            SameShare.Select(lines => string.Join(' ', lines.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal),
            shared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_isin_belongs_to_the_country_that_lists_it_first()
    {
        // The home line of a share never carries the US number of its depositary receipt.
        Assert.DoesNotContain(File.Instruments, instrument =>
            instrument.Symbol.Venue is not null && instrument.Isin?.StartsWith("US", StringComparison.Ordinal) == true);
        Assert.Equal("GB00BH4HKS39", Find("VOD:XLON").Isin);
        Assert.Equal("US92857W3088", Find("VOD").Isin);
    }

    [Fact]
    public void No_provider_has_one_spelling_for_two_instruments() =>
        Assert.Empty(Repeated(File.Listings, listing => (listing.Provider, listing.ProviderSymbol)));

    [Fact]
    public void Every_unit_is_one_of_the_instruments_currency() =>
        Assert.All(File.Listings, listing => Assert.Equal(listing.Currency, QuoteUnit.TryParse(listing.Unit)?.Currency));

    [Fact]
    public void London_is_quoted_in_pence_by_every_provider_that_lists_it()
    {
        var london = File.Listings.Where(listing => listing.Venue == Mic.Parse("XLON")).ToArray();

        Assert.NotEmpty(london);
        Assert.All(london, listing => Assert.Equal(100, QuoteUnit.TryParse(listing.Unit)?.PerMajor));
    }

    [Fact]
    public void Providers_of_the_us_market_list_nothing_else_and_all_of_it()
    {
        var us = File.Instruments.Where(instrument => instrument.Symbol.Venue is null).Select(instrument => instrument.Symbol).ToHashSet();

        foreach (var provider in new[] { ProviderId.Massive, ProviderId.Alpaca })
        {
            Assert.Equal(us, File.Listings.Where(listing => listing.Provider == provider).Select(listing => listing.Symbol).ToHashSet());
        }

        Assert.All(us, symbol => Assert.Equal(6, File.Listings.Count(listing => listing.Symbol == symbol)));
    }

    [Theory]
    [InlineData("BRK.B", "finnhub", "BRK.B")]
    [InlineData("BRK.B", "alpha-vantage", "BRK-B")]
    [InlineData("BRK.B", "massive", "BRK.B")]
    [InlineData("BRK.B", "eodhd", "BRK-B.US")]
    [InlineData("VOD:XLON", "finnhub", "VOD.L")]
    [InlineData("VOD:XLON", "alpha-vantage", "VOD.LON")]
    [InlineData("VOD:XLON", "twelve-data", "VOD:LSE")]
    [InlineData("VOD:XLON", "eodhd", "VOD.LSE")]
    [InlineData("SAP:XETR", "finnhub", "SAP.DE")]
    [InlineData("SAP:XETR", "alpha-vantage", "SAP.DEX")]
    [InlineData("SAP:XETR", "twelve-data", "SAP:XETR")]
    [InlineData("SAP:XETR", "eodhd", "SAP.XETRA")]
    [InlineData("0700:XHKG", "eodhd", "0700.HK")]
    public void Each_provider_has_its_own_spelling(string symbol, string provider, string spelling) =>
        Assert.Equal(spelling, File.Listings.Single(listing =>
            listing.Symbol == Symbol.Parse(symbol) && listing.Provider.ToString() == provider).ProviderSymbol);

    [Theory]
    [InlineData("ABC,A Company,XLON,,GBP,A,,,,", "found 10")]
    [InlineData("ABC,\"A\",XLON,,GBP,A,,,,,", "quotation marks")]
    [InlineData("ABC,,XLON,,GBP,A,,,,,", "the name is missing")]
    [InlineData("ABC,A Company,LONDON,,GBP,A,,,,,", "ISO 10383")]
    [InlineData("ABC,A Company,XLON,,GBp,A,,,,,", "ISO 4217")]
    [InlineData(".BC,A Company,XLON,,GBP,A,,,,,", "ticker")]
    public void A_line_that_breaks_a_rule_is_named(string line, string reason)
    {
        var fault = Assert.Throws<FormatException>(() => ReferenceFile.Parse("file.csv", $"{Header}\nAAPL,Apple,XNAS,,USD,AAPL,,,,,\n{line}\n"));

        Assert.StartsWith("file.csv, line 3: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    private static Instrument Find(string symbol) => File.Instruments.Single(instrument => instrument.Symbol == Symbol.Parse(symbol));

    private static IEnumerable<TKey> Repeated<T, TKey>(IEnumerable<T> items, Func<T, TKey> key) =>
        items.GroupBy(key).Where(group => group.Count() > 1).Select(group => group.Key);

    /// <summary>ISO 6166: letters become two digits (A is 10), then the Luhn sum.</summary>
    private static bool HasTrueCheckDigit(string isin)
    {
        var digits = string.Concat(isin.Select(c => char.IsAsciiDigit(c) ? $"{c - '0'}" : $"{c - 'A' + 10}"));
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (digits[^(i + 1)] - '0') * (i % 2 + 1);
            sum += digit / 10 + digit % 10;
        }

        return isin.Length == 12 && sum % 10 == 0;
    }
}
