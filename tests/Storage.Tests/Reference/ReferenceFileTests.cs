using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class ReferenceFileTests
{
    private const string Header = "ticker,name,mic,isin,currency,finnhub,alpha-vantage,twelve-data,massive,alpaca,eodhd";

    /// <summary>One share with listings at several venues; every other ISIN has one line.</summary>
    private static readonly string[][] SameShare =
    [
        ["HSBA:XLON", "0005:XHKG"],
        ["SHOP", "SHOP:XTSE"],
    ];

    private static ReferenceFile File => ReferenceFile.BuiltIn;

    [Fact]
    public void There_are_at_least_seventy_instruments_of_many_venues_and_currencies()
    {
        Assert.True(File.Instruments.Count() >= 70);
        Assert.True(File.Instruments.Select(instrument => instrument.Venue).Distinct().Count() >= 6);
        Assert.Superset(
            new HashSet<string> { "USD", "GBP", "EUR", "CHF", "CAD", "JPY", "HKD" },
            File.Instruments.Select(instrument => instrument.Currency.ToString()).ToHashSet()
        );
    }

    [Fact]
    public void Every_isin_has_a_true_check_digit()
    {
        Assert.All(
            File.Instruments,
            instrument => Assert.True(instrument.Isin is null || HasTrueCheckDigit(instrument.Isin), instrument.ToString())
        );
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
        var shared = File
            .Instruments.Where(instrument => instrument.Isin is not null)
            .GroupBy(instrument => instrument.Isin, instrument => instrument.Symbol.ToString())
            .Where(lines => lines.Count() > 1)
            .Select(lines => string.Join(' ', lines.Order(StringComparer.Ordinal)));

        Assert.Equal(
            SameShare.Select(lines => string.Join(' ', lines.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal),
            shared.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void An_isin_belongs_to_the_country_that_lists_it_first()
    {
        // The home line of a share never carries the US number of its depositary receipt.
        Assert.DoesNotContain(
            File.Instruments,
            instrument => instrument.Symbol.Venue is not null && instrument.Isin?.StartsWith("US", StringComparison.Ordinal) == true
        );
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
        Assert.Equal(
            spelling,
            File.Listings.Single(listing =>
                listing.Symbol == Symbol.Parse(symbol) && listing.Provider.ToString() == provider
            ).ProviderSymbol
        );

    [Theory]
    [InlineData("ABC,A Company,XLON,,GBP,A,,,,", "must have 11 fields, as the header has; it has 10.")]
    [InlineData("ABC,,XLON,,GBP,A,,,,,", "name '': must not be empty.")]
    [InlineData("ABC,A Company,LONDON,,GBP,A,,,,,", "mic 'LONDON': must be the ISO 10383 code of a venue in the venue table.")]
    [InlineData("ABC,A Company,XXXX,,GBP,A,,,,,", "mic 'XXXX': must be the ISO 10383 code of a venue in the venue table.")]
    [InlineData("ABC,A Company,XLON,,GBp,A,,,,,", "currency 'GBp': must be an ISO 4217 currency code.")]
    [InlineData("ABC,A Company,XLON,US0378331006,GBP,A,,,,,", "isin 'US0378331006': must be an ISIN with the right check digit, or empty.")]
    [InlineData(".BC,A Company,XLON,,GBP,A,,,,,", "ticker '.BC': must be a ticker: letters, digits, dots and hyphens, without a venue.")]
    [InlineData(
        "ABC:XLON,A Company,XLON,,GBP,A,,,,,",
        "ticker 'ABC:XLON': must be a ticker: letters, digits, dots and hyphens, without a venue."
    )]
    [InlineData("ABC,A Company,XLON,,GBP,A pence,,,,,", "finnhub 'A pence': must be a spelling, or a spelling, a blank and a unit of GBP.")]
    [InlineData("ABC,A Company,XLON,,GBP,A ZAC,,,,,", "finnhub 'A ZAC': must be a spelling, or a spelling, a blank and a unit of GBP.")]
    [InlineData("AAPL,Apple again,XNYS,,USD,,,,,,", "ticker 'AAPL': must not be there twice (also in line 2).")]
    [InlineData("ABC,A Company,XNAS,,USD,AAPL,,,,,", "finnhub 'AAPL': must not be the spelling of another instrument (line 2).")]
    public void A_line_that_breaks_a_rule_is_reported_with_its_column_and_value(string line, string fault) =>
        Assert.Equal([$"file.csv, line 3, {fault}"], FaultsOf($"{Header}\nAAPL,Apple,XNAS,,USD,AAPL,,,,,\n{line}\n"));

    [Fact]
    public void All_faults_of_a_file_are_told_at_once() =>
        Assert.Equal(
            [
                "file.csv, line 2, mic 'LONDON': must be the ISO 10383 code of a venue in the venue table.",
                "file.csv, line 2, currency 'pounds': must be an ISO 4217 currency code.",
                "file.csv, line 4, name '': must not be empty.",
            ],
            FaultsOf("ticker,name,mic,currency\nABC,A Company,LONDON,pounds\nABD,A Company,XNAS,USD\nABE,,XNAS,USD\n")
        );

    [Theory]
    [InlineData("", "file.csv: must begin with a line of column names.")]
    [InlineData("ticker,name,mic\n", "file.csv, line 1, column 'currency': must be there.")]
    [InlineData(
        "ticker,name,mic,currency,finhub\n",
        "file.csv, line 1, column 'finhub': must be one of ticker, name, mic, currency, isin, finnhub, alpha-vantage, twelve-data, massive, alpaca, eodhd."
    )]
    [InlineData("ticker,name,mic,currency,Ticker\n", "file.csv, line 1, column 'Ticker': must not be there twice.")]
    public void A_header_that_breaks_a_rule_is_reported(string text, string fault) => Assert.Equal([fault], FaultsOf(text));

    [Theory]
    [InlineData("Ticker,Name,MIC,Currency\nITV,\"ITV, plc\",XLON,GBP\n")]
    [InlineData("name;ticker;currency;mic\r\n\"ITV, plc\";ITV;GBP;XLON\r\n")]
    [InlineData("mic\tticker\tname\tcurrency\nXLON\tITV\tITV, plc\tGBP\n")]
    public void A_provider_without_a_column_is_asked_by_its_rule_for_the_venue(string text)
    {
        var file = ReferenceFile.Parse("own.csv", text);

        Assert.Equal(("ITV:XLON", "ITV, plc"), (file.Instruments.Single().Symbol.ToString(), file.Instruments.Single().Name));
        Assert.Equal(
            [("finnhub", "ITV.L"), ("alpha-vantage", "ITV.LON"), ("twelve-data", "ITV:LSE"), ("eodhd", "ITV.LSE")],
            file.Listings.Select(listing => (listing.Provider.ToString(), listing.ProviderSymbol))
        );
        Assert.All(file.Listings, listing => Assert.Null(listing.Unit)); // pence or pounds: only an answer that names it tells (N19)
    }

    [Fact]
    public void Instruments_of_ones_own_come_beside_the_built_in_ones_and_replace_those_of_the_same_symbol()
    {
        var own = ReferenceFile.Parse(
            "own.csv",
            "ticker,name,mic,currency\nAAPL,Apple by another name,XNAS,USD\nZZZQ,A Company,XNAS,USD\n"
        );
        var both = File.With(own);

        Assert.Equal(File.Instruments.Count() + 1, both.Instruments.Count());
        Assert.Equal("Apple by another name", both.Instruments.Single(instrument => instrument.Symbol == Symbol.Parse("AAPL")).Name);
        Assert.Equal("USD", both.Listings.First(listing => listing.Symbol == Symbol.Parse("ZZZQ")).Unit);
        Assert.NotEqual(File.Checksum, both.Checksum);
    }

    [Fact]
    public void A_spelling_of_a_built_in_instrument_is_refused()
    {
        var own = ReferenceFile.Parse("own.csv", "ticker,name,mic,currency,finnhub\nZZZQ,A Company,XNAS,USD,AAPL\n");

        Assert.Equal(
            ["own.csv, line 2, finnhub 'AAPL': must not be the spelling of another instrument (AAPL of the built-in ones)."],
            Assert.Throws<ReferenceFileException>(() => File.With(own)).Faults
        );
    }

    [Fact]
    public void A_missing_file_is_reported_with_its_path()
    {
        var result = new ReferenceOptionsValidator().Validate(null, new ReferenceOptions { File = "/no/such/instruments.csv" });

        Assert.StartsWith(
            "Quorum:Reference:File: /no/such/instruments.csv: must be a file that can be read: ",
            Assert.Single(result.Failures!),
            StringComparison.Ordinal
        );
    }

    private static IReadOnlyList<string> FaultsOf(string text) =>
        Assert.Throws<ReferenceFileException>(() => ReferenceFile.Parse("file.csv", text)).Faults;

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
