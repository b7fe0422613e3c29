using System.Net;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class InstrumentsTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Instruments_are_found_by_text_venue_and_currency()
    {
        var answer = await fixture.App.GetAsync("instruments?q=vod&venue=xlon&currency=gbp");

        Assert.Equal(
            """{"items":[{"symbol":"VOD:XLON","name":"Vodafone Group Plc","venue":"XLON","isin":"GB00BH4HKS39","currency":"GBP"}],"next":null}""", answer.Text);
        Assert.Equal(HttpStatusCode.NotModified, (await fixture.App.GetAsync("instruments?q=vod&venue=xlon&currency=gbp", ("If-None-Match", answer.Header("ETag")!))).Status);
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
        }
        while (cursor is not null);

        Assert.Equal(symbols.Distinct().Order(StringComparer.Ordinal), symbols);
        Assert.Equal(await fixture.Database.QueryAsync<long>("select count(*) from quorum.instruments"), symbols.Count);
    }

    [Fact]
    public async Task An_instrument_is_told_with_its_listings_and_its_market()
    {
        var answer = await fixture.App.GetAsync("instruments/vod:xlon");

        Assert.Equal("Vodafone Group Plc", answer.Value("name"));
        var eodhd = answer.Json["providers"]!.AsArray().Single(provider => provider!["id"]!.ToString() == "eodhd")!;
        Assert.Equal(("VOD.LSE", "GBX"), (eodhd["symbol"]!.ToString(), eodhd["unit"]!.ToString()));
        Assert.DoesNotContain("alpaca", answer.Json["providers"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("London Stock Exchange", "Europe/London"), (answer.Value("market", "name"), answer.Value("market", "timeZone")));
        var (session, next) = (answer.Json["market"]!["session"]!, answer.Json["market"]!["nextSession"]!);
        Assert.True((DateTime)session["open"]! < (DateTime)session["close"]! && (DateTime)session["open"]! < (DateTime)next["open"]!);
    }

    [Fact]
    public async Task Names_are_written_as_people_read_them()
    {
        Assert.Contains("\"name\":\"McDonald's Corporation\"", (await fixture.App.GetAsync("instruments/MCD")).Text, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Johnson & Johnson\"", (await fixture.App.GetAsync("quotes/JNJ?budget=10000")).Text, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"limit 'Ä'", (await fixture.App.GetAsync("instruments?limit=%C3%84")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instrument_that_the_reference_data_lack_is_not_found()
    {
        var answer = await fixture.App.GetAsync("instruments/T0001");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("urn:quorum:problem:unknown-instrument", answer.Value("type"));
    }

    [Theory]
    [InlineData("instruments?q=", "q")]
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
    public async Task A_bad_request_is_told_the_parameter(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }
}
