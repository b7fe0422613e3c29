namespace Quorum.MarketData.Tests;

/// <summary>Rule N20: the venue table.</summary>
public sealed class VenueTableTests
{
    [Fact]
    public void N20_The_table_has_at_least_forty_venues_and_no_code_twice()
    {
        Assert.True(Venue.All.Count >= 40);
        var codes = Venue.All.SelectMany(venue => venue.Segments.Append(venue.Mic)).ToArray();
        Assert.Equal(codes.Distinct().Count(), codes.Length);
    }

    [Theory]
    [InlineData("XNGS", "XNAS")]
    [InlineData("XNMS", "XNAS")]
    [InlineData("XNCM", "XNAS")]
    [InlineData("MTAA", "XMIL")]
    [InlineData("XJPX", "XTKS")]
    [InlineData("XETA", "XETR")]
    [InlineData("XLON", "XLON")]
    public void N20_A_segment_is_its_operating_venue(string mic, string venue) =>
        Assert.Equal(venue, Venue.Find(Mic.Parse(mic))!.Mic.ToString());

    [Theory]
    [InlineData("XXXX")]
    [InlineData("ZZZZ")]
    public void N20_A_code_outside_of_the_table_is_no_venue(string mic) => Assert.Null(Venue.Find(Mic.Parse(mic)));

    [Fact]
    public void N20_Us_venues_share_one_country() =>
        Assert.Equal(
            ["XNAS", "XNYS", "XASE", "ARCX", "BATS", "IEXG", "MEMX", "LTSE", "OTCM"],
            Venue.All.Where(venue => venue.IsUnitedStates).Select(venue => venue.ToString())
        );

    [Theory]
    [InlineData("XLON", "GBX GBP USD EUR")]
    [InlineData("XJSE", "ZAC ZAR")]
    [InlineData("XTAE", "ILA ILS")]
    [InlineData("XKUW", "KWF KWD")]
    [InlineData("XETR", "EUR")]
    [InlineData("XTKS", "JPY")]
    public void N19_A_price_without_a_unit_may_be_in_the_units_of_the_venue(string mic, string units)
    {
        Assert.Equal(units, string.Join(' ', At(mic).QuoteUnits.Select(unit => unit.Name)));
        Assert.Equal(units.Contains(' ', StringComparison.Ordinal), At(mic).QuotesMinorUnits);
    }

    [Theory]
    [InlineData("XTSE", "ENB", "CAD")]
    [InlineData("XTSE", "HXT.U", "USD")]
    [InlineData("XHKG", "0700", "HKD")]
    [InlineData("XHKG", "80700", "CNY")]
    [InlineData("XSHG", "600519", "CNY")]
    [InlineData("XSHG", "900901", "USD")]
    [InlineData("XSHE", "200011", "HKD")]
    public void N19_Some_tickers_show_the_unit_of_their_line(string mic, string ticker, string unit) =>
        Assert.Equal(unit, Assert.Single(At(mic).UnitsOf(ticker)).Name);

    [Fact]
    public void The_usual_unit_is_of_the_venues_currency() =>
        Assert.All(Venue.All, venue => Assert.Equal(venue.Currency, venue.QuoteUnits[0].Currency));

    [Theory]
    [InlineData("XNAS", "214.29", 2)]
    [InlineData("XNAS", "0.8123", 4)]
    [InlineData("XLON", "0.689", 4)] // 68.9 pence
    [InlineData("XLON", "0.0312", 6)] // 3.12 pence
    [InlineData("XTKS", "2875.5", 1)]
    [InlineData("XTKS", "61000", 0)]
    [InlineData("XHKG", "3.455", 3)]
    [InlineData("XETR", "189.88", 2)]
    [InlineData("XJSE", "185.12", 2)]
    [InlineData("XKUW", "0.8125", 4)]
    public void A_venue_has_the_decimals_of_its_finest_tick(string mic, string price, int decimals) =>
        Assert.Equal(decimals, At(mic).PriceDecimals(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("XLON", "finnhub", "VOD.L")]
    [InlineData("XLON", "alpha-vantage", "VOD.LON")]
    [InlineData("XLON", "twelve-data", "VOD:LSE")]
    [InlineData("XLON", "eodhd", "VOD.LSE")]
    [InlineData("XLON", "massive", null)]
    [InlineData("XNAS", "eodhd", "VOD.US")]
    [InlineData("XNAS", "alpaca", "VOD")]
    public void N20_A_venue_has_each_providers_spelling_or_none(string mic, string provider, string? spelling)
    {
        Assert.True(ProviderId.TryParse(provider, out var id));
        Assert.Equal(spelling, At(mic).Spell(id, "VOD"));
        Assert.Equal(spelling is not null, At(mic).IsListedBy(id));
    }

    [Fact]
    public void Every_venue_is_complete()
    {
        foreach (var venue in Venue.All)
        {
            Assert.NotEmpty(venue.Name);
            Assert.Matches("^[A-Z]{2}$", venue.Country);
            Assert.Matches(@"^\d\d:\d\d-\d\d:\d\d( \d\d:\d\d-\d\d:\d\d)*$", venue.RegularHours);
            Assert.All(
                ProviderId.All,
                provider => Assert.True(venue.SpellingOf(provider)?.Contains('*', StringComparison.Ordinal) ?? true)
            );
        }
    }

    [Theory]
    [InlineData("XNAS", "2025-06-18 07:59", "Closed")]
    [InlineData("XNAS", "2025-06-18 08:00", "Pre")]
    [InlineData("XNAS", "2025-06-18 13:30", "Regular")]
    [InlineData("XNAS", "2025-06-18 20:00", "Post")]
    [InlineData("XNAS", "2025-06-19 00:00", "Closed")]
    [InlineData("XNAS", "2025-06-19 15:00", "Closed")] // Juneteenth
    [InlineData("XNAS", "2025-11-28 18:30", "Post")] // after the close at 13:00
    [InlineData("XNAS", "2025-11-28 22:00", "Closed")]
    [InlineData("XNAS", "2025-06-21 13:00", "Closed")] // Saturday
    [InlineData("XLON", "2025-06-18 06:30", "Closed")]
    [InlineData("XTKS", "2025-06-18 03:00", "Closed")] // lunch
    [InlineData("XSAU", "2025-06-22 08:00", "Regular")] // Sunday in Riyadh
    [InlineData("XSAU", "2025-06-20 08:00", "Closed")] // Friday
    public void A_venue_has_a_session_at_each_instant(string mic, string instant, string session) =>
        Assert.Equal(session, At(mic).Calendar.SessionAt(Utc.At(instant)).ToString());

    private static Venue At(string mic) => Venue.Find(Mic.Parse(mic))!;
}
