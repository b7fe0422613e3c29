using System.Net;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class InstrumentsTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Instruments_are_found_by_text_venue_and_currency()
    {
        var answer = await fixture.App.GetAsync("instruments?q=vod&venue=xlon&currency=gbp");

        Assert.Equal(
            """{"items":[{"symbol":"VOD:XLON","kind":"listing","name":"Vodafone Group Plc","venue":"XLON","isin":"GB00BH4HKS39","currency":"GBP"}],"next":null}""",
            answer.Text
        );
        Assert.Equal(
            HttpStatusCode.NotModified,
            (await fixture.App.GetAsync("instruments?q=vod&venue=xlon&currency=gbp", ("If-None-Match", answer.Header("ETag")!))).Status
        );
    }

    [Fact]
    public async Task Pages_lead_through_all_instruments()
    {
        var symbols = new List<string>();
        var cursor = "";
        do
        {
            var page = await fixture.App.GetAsync($"instruments?limit=40{cursor}");
            symbols.AddRange(page.Json["items"]!.AsArray().Select(item => item!["symbol"]!.ToString()));
            cursor = page.Json["next"] is { } next ? $"&cursor={next}" : null;
        } while (cursor is not null);

        Assert.Equal(symbols.Distinct().Order(StringComparer.Ordinal), symbols);
        Assert.Equal(await fixture.Database.QueryAsync<long>("select count(*) from quorum.instruments"), symbols.Count);
    }

    [Fact]
    public async Task An_instrument_has_its_listings_and_its_market()
    {
        var answer = await fixture.App.GetAsync("instruments/vod:xlon");

        Assert.Equal(("listing", "Vodafone Group Plc"), (answer.Value("kind"), answer.Value("name")));
        var eodhd = answer.Json["providers"]!.AsArray().Single(provider => provider!["id"]!.ToString() == "eodhd")!;
        Assert.Equal(("VOD.LSE", "GBX"), (eodhd["symbol"]!.ToString(), eodhd["unit"]!.ToString()));
        Assert.DoesNotContain("alpaca", answer.Json["providers"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("London Stock Exchange", "Europe/London"), (answer.Value("market", "name"), answer.Value("market", "timeZone")));
        var (session, next) = (answer.Json["market"]!["session"]!, answer.Json["market"]!["nextSession"]!);
        Assert.True((DateTime)session["open"]! < (DateTime)session["close"]! && (DateTime)session["open"]! < (DateTime)next["open"]!);
    }

    [Theory]
    [InlineData("EURUSD", "EURUSD", "EUR", "USD")]
    [InlineData("eur%2Fusd", "EURUSD", "EUR", "USD")]
    [InlineData("GBPJPY=X", "GBPJPY", "GBP", "JPY")]
    public async Task A_pair_of_currencies_is_an_instrument(string text, string symbol, string baseCurrency, string currency)
    {
        var answer = await fixture.App.GetAsync($"instruments/{text}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal((symbol, "fx", $"{baseCurrency}/{currency}"), (answer.Value("symbol"), answer.Value("kind"), answer.Value("name")));
        Assert.Equal((baseCurrency, currency), (answer.Value("base"), answer.Value("currency")));
        Assert.Null(answer.Json["venue"]);
        Assert.Null(answer.Json["market"]);
        var eodhd = answer.Json["providers"]!.AsArray().Single(provider => provider!["id"]!.ToString() == "eodhd")!;
        Assert.Equal(($"{symbol}.FOREX", currency), (eodhd["symbol"]!.ToString(), eodhd["unit"]!.ToString()));
    }

    [Fact]
    public async Task Names_are_written_as_people_read_them()
    {
        Assert.Contains(
            "\"name\":\"McDonald's Corporation\"",
            (await fixture.App.GetAsync("instruments/MCD")).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"name\":\"Johnson & Johnson\"",
            (await fixture.App.GetAsync("quotes/JNJ?budget=10000")).Text,
            StringComparison.Ordinal
        );
        Assert.Contains("got 'Ä'", (await fixture.App.GetAsync("instruments?limit=%C3%84")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instrument_that_the_reference_data_lack_is_not_found()
    {
        var answer = await fixture.App.GetAsync("instruments/T0001");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("urn:quorum:problem:unknown-instrument", answer.Value("type"));
    }

    [Fact]
    public async Task N20_Venues_are_listed_with_their_hours_units_and_spellings()
    {
        var answer = await fixture.App.GetAsync("venues");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var venues = answer.Json["venues"]!.AsArray();
        Assert.True(venues.Count >= 40);
        var london = venues.Single(venue => venue!["mic"]!.ToString() == "XLON")!;
        Assert.Equal("[\"GBX\",\"GBP\",\"USD\",\"EUR\"]", london["units"]!.ToJsonString());
        Assert.Equal(("Europe/London", "08:00-16:30"), (london["timeZone"]!.ToString(), london["regularHours"]!.ToString()));
        Assert.Contains("2026-12-25", london["holidays"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("""{"id":"eodhd","spelling":"*.LSE"}""", london["providers"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("04:00-09:30", venues.Single(venue => venue!["mic"]!.ToString() == "XNAS")!["preMarketHours"]!.ToString());
    }

    [Theory]
    [InlineData("VOD.L")]
    [InlineData("VOD%20LN")]
    [InlineData("VOD.LSE")]
    [InlineData("GB00BH4HKS39")]
    public async Task N20_A_vendors_spelling_or_an_isin_is_the_instrument(string text) =>
        Assert.Equal("VOD:XLON", (await fixture.App.GetAsync($"instruments/{text}")).Value("symbol"));

    [Theory]
    [InlineData("quotes/AAPL:XXXX", "ISO 10383")]
    [InlineData("quotes/NASDAQ:MSFT", "write MSFT")]
    [InlineData("quotes/LON:VOD", "write VOD:XLON")]
    [InlineData("quotes/US0378331006", "must be 5")]
    [InlineData("quotes/LON:VOD/history", "write VOD:XLON")]
    [InlineData("watchlist/LON:VOD", "write VOD:XLON")]
    [InlineData("instruments/LON:VOD", "write VOD:XLON")]
    public async Task N20_A_wrong_spelling_is_refused_with_the_right_one_wherever_a_symbol_comes_in(string path, string rule)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(rule, answer.Value("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instruments?q=", "q")]
    [InlineData("instruments?venue=XXXX", "venue")]
    [InlineData("venues?q=x", "q")]
    [InlineData("instruments?q=%01", "q")]
    [InlineData("instruments?q=01234567890123456789012345678901234567890123456789012345678901234", "q")]
    [InlineData("instruments?venue=LONDON", "venue")]
    [InlineData("instruments?currency=PENCE", "currency")]
    [InlineData("instruments?limit=1001", "limit")]
    [InlineData("instruments?cursor=x", "cursor")]
    [InlineData("instruments?cursor=_____w", "cursor")]
    [InlineData("instruments?name=x", "name")]
    [InlineData("instruments/A$", "symbol")]
    [InlineData("instruments/AAPL?q=x", "q")]
    public async Task A_bad_request_names_the_parameter(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }
}
