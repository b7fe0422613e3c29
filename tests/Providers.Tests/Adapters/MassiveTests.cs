using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class MassiveTests
{
    private const string Day = """ "day": {"o": 215.8, "h": 216.45, "l": 213.6, "c": 214.31, "v": 38765012, "vw": 214.9921}""";
    private const string Minute =
        """ "min": {"o": 214.35, "h": 214.4, "l": 214.25, "c": 214.31, "v": 61244, "av": 38762001, "n": 740, "t": 1750267860000}""";
    private const string PreviousDay = """ "prevDay": {"o": 214.7, "h": 216.9, "l": 213.9, "c": 216, "v": 41234567, "vw": 215.6012}""";
    private const string Trade =
        """ "lastTrade": {"c": [14, 41], "i": "118749", "p": 214.29, "s": 200, "t": 1750267930482913771, "x": 12}""";
    private const string BidAndAsk = """ "lastQuote": {"P": 214.3, "S": 4, "p": 214.28, "s": 8, "t": 1750267930507251700}""";
    private const string Head = """ "ticker": "AAPL", "todaysChange": -1.71, "todaysChangePerc": -0.7917, "updated": 1750267930482913771""";

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.Massive);

    private static readonly ProviderQuote Quote = new()
    {
        Price = 214.29m,
        Bid = 214.28m,
        Ask = 214.3m,
        Open = 215.8m,
        High = 216.45m,
        Low = 213.6m,
        PreviousClose = 216m,
        Change = -1.71m,
        ChangePercent = -0.7917m,
        Volume = 38_765_012,
        Currency = CurrencyCode.Usd,
        RawPrice = 214.29m,
        RawUnit = "USD",
        AsOf = DateTimeOffset.Parse("2025-06-18T17:32:10.4829137Z"),
        AsOfPrecision = AsOfPrecision.Instant,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.RealTime,
        Session = SessionKind.Regular,
    };

    private static RecordedAnswer Snapshot(params string[] sections) =>
        RecordedAnswer.Ok($$$"""{"status": "OK", "request_id": "1f2e3d4c", "ticker": { {{{string.Join(", ", sections)}}} } }""");

    [Fact]
    public void A_full_snapshot_is_a_quote_of_its_last_trade()
    {
        var result = Snapshot(Head, Day, Minute, PreviousDay, Trade, BidAndAsk).Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Equal(Quote, result.Quote);
    }

    [Fact]
    public void Without_trades_the_price_is_the_minutes_close_and_the_plan_a_delayed_one() =>
        Assert.Equal(
            Quote with
            {
                Price = 214.31m,
                RawPrice = 214.31m,
                Bid = null,
                Ask = null,
                Freshness = QuoteFreshness.Delayed,
                AsOf = DateTimeOffset.Parse("2025-06-18T17:31:00Z"),
                AsOfPrecision = AsOfPrecision.Minute,
            },
            Snapshot(Head, Day, Minute, PreviousDay).Judge(Aapl).Quote
        );

    [Fact]
    public void Without_trades_and_minute_the_price_is_the_days_close_so_far() =>
        Assert.Equal(
            Quote with
            {
                Price = 214.31m,
                RawPrice = 214.31m,
                Bid = null,
                Ask = null,
                Freshness = QuoteFreshness.Delayed,
            },
            Snapshot(Head, Day, """ "min": {"o": 0, "h": 0, "l": 0, "c": 0, "v": 0, "t": 0}""", PreviousDay).Judge(Aapl).Quote
        );

    [Fact]
    public void The_cleared_snapshot_has_no_price_and_its_zeros_are_nothing()
    {
        const string zeros = """{"o": 0, "h": 0, "l": 0, "c": 0, "v": 0, "vw": 0, "t": 0}""";
        var sections = $""" "ticker": "AAPL", "todaysChange": 0, "todaysChangePerc": 0, "updated": 0, "day": {zeros}, "min": {zeros} """;

        var result = Snapshot(sections, PreviousDay).Judge(Aapl);
        Assert.Equal(FetchStatus.NoPrice, result.Status);
        Assert.Equal(
            (216m, null, null, null, null),
            (result.Quote!.PreviousClose, result.Quote.Price, result.Quote.Open, result.Quote.Volume, result.Quote.AsOf)
        );

        var empty = Snapshot(sections, $"\"prevDay\": {zeros}").Judge(Aapl);
        Assert.Equal((FetchStatus.NoPrice, null), (empty.Status, empty.Quote));
    }

    [Theory]
    [InlineData("95595226.0", 95_595_226)]
    [InlineData("9.5595226E7", 95_595_226)]
    [InlineData("38765012.75", 38_765_012)]
    [InlineData("12345678901", 12_345_678_901)]
    public void Volume_may_have_a_fraction_an_exponent_or_ten_digits(string written, long expected) =>
        Assert.Equal(expected, Snapshot(Head, Day.Replace("38765012", written), Trade).Judge(Aapl).Quote!.Volume);

    [Fact]
    public void Condition_codes_may_be_null() =>
        Assert.Equal(214.29m, Snapshot(Head, Day, Trade.Replace("[14, 41]", "null")).Judge(Aapl).Quote!.Price);

    [Theory]
    [InlineData("DELAYED", null, QuoteFreshness.Delayed)]
    [InlineData("OK", "developer", QuoteFreshness.Delayed)]
    [InlineData("OK", "Advanced", QuoteFreshness.RealTime)]
    [InlineData("FINE", null, QuoteFreshness.RealTime)]
    public void Freshness_follows_status_and_plan(string status, string? plan, QuoteFreshness expected)
    {
        var answer = new RecordedAnswer(200, $$$"""{"status": "{{{status}}}", "ticker": { {{{Head}}}, {{{Day}}}, {{{Trade}}} } }""")
        {
            Plan = plan,
        };

        Assert.Equal(expected, answer.Judge(Aapl).Quote!.Freshness);
    }

    [Theory]
    [InlineData("basic")]
    [InlineData(null)]
    public void The_previous_days_bar_is_an_end_of_day_quote(string? plan)
    {
        var result = new RecordedAnswer(
            200,
            """
            {"ticker": "AAPL", "queryCount": 1, "resultsCount": 1, "adjusted": true, "status": "OK", "request_id": "1f2e", "count": 1,
             "results": [{"T": "AAPL", "o": 214.7, "h": 216.9, "l": 213.9, "c": 216, "v": 4.1234567E7, "vw": 215.6012, "t": 1750190400000, "n": 590123}]}
            """
        )
        {
            Plan = plan,
        }.Judge(Aapl);

        Assert.Equal(
            new ProviderQuote
            {
                Price = 216m,
                Open = 214.7m,
                High = 216.9m,
                Low = 213.9m,
                Volume = 41_234_567,
                Currency = CurrencyCode.Usd,
                RawPrice = 216m,
                RawUnit = "USD",
                AsOfPrecision = AsOfPrecision.Day,
                TradingDate = new DateOnly(2025, 6, 17),
                ReceivedAt = RecordedAnswer.Now,
                Freshness = QuoteFreshness.EndOfDay,
                Session = SessionKind.Regular,
            },
            result.Quote
        );
    }

    [Theory]
    [InlineData(
        200,
        """{"ticker": "AAPL", "queryCount": 0, "resultsCount": 0, "adjusted": true, "status": "OK", "request_id": "1f2e"}""",
        FetchStatus.NoPrice
    )]
    [InlineData(200, """{"status": "OK", "ticker": {"ticker": "AAPL"}}""", FetchStatus.NoPrice)]
    [InlineData(404, """{"status":"NOT_FOUND","request_id":"1f2e","message":"Ticker not found."}""", FetchStatus.UnknownSymbol)]
    [InlineData(200, """{"status":"NOT_FOUND","request_id":"1f2e","message":"Ticker not found."}""", FetchStatus.UnknownSymbol)]
    [InlineData(404, """{"status":"NotFound"}""", FetchStatus.UnknownSymbol)]
    [InlineData(404, "404 page not found", FetchStatus.MalformedResponse)]
    [InlineData(401, """{"status":"ERROR","request_id":"1f2e","error":"API Key was not provided"}""", FetchStatus.InvalidKey)]
    [InlineData(401, """{"status":"ERROR","request_id":"1f2e","error":"Unknown API Key"}""", FetchStatus.InvalidKey)]
    [InlineData(
        403,
        """{"status":"NOT_AUTHORIZED","request_id":"1f2e","message":"You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing"}""",
        FetchStatus.PlanRestricted
    )]
    [InlineData(403, """{"status":"ERROR","request_id":"1f2e","error":"You are not entitled to this data."}""", FetchStatus.PlanRestricted)]
    [InlineData(
        429,
        """{"status":"ERROR","request_id":"1f2e","error":"You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://massive.com/pricing"}""",
        FetchStatus.RateLimited
    )]
    [InlineData(
        200,
        """{"status":"ERROR","error":"You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing"}""",
        FetchStatus.RateLimited
    )]
    [InlineData(429, "", FetchStatus.RateLimited)]
    [InlineData(500, """{"status":"ERROR","error":"internal"}""", FetchStatus.ServerError)]
    [InlineData(504, "<html>Gateway Time-out</html>", FetchStatus.Unreachable)]
    [InlineData(502, "", FetchStatus.ServerError)]
    [InlineData(200, """{"status":"ERROR","error":"something else"}""", FetchStatus.ServerError)]
    [InlineData(200, """{"status":"OK","request_id":"1f2e"}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"status":"OK","ticker":{"ticker":"aapl","lastTrade":{"p":1.5}}}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"status":"OK","ticker":{"ticker":"AAPL","lastTrade":[214.29]}}""", FetchStatus.MalformedResponse)]
    public void Refusals_are_told_apart_by_the_status_word_and_text(int status, string body, FetchStatus expected)
    {
        var result = new RecordedAnswer(status, body).Judge(Aapl);

        Assert.Equal((expected, null), (result.Status, result.Quote));
    }

    [Fact]
    public void A_rate_limit_lasts_a_rolling_minute() => Assert.Equal(60, new RecordedAnswer(429, "").Judge(Aapl).RetryAfterSeconds);

    [Theory]
    [InlineData(null, "https://api.massive.com/v2/snapshot/locale/us/markets/stocks/tickers/AAPL")]
    [InlineData("free", "https://api.massive.com/v2/aggs/ticker/AAPL/prev")]
    public void The_plan_decides_what_is_asked(string? plan, string address)
    {
        using var request = TestAdapters.Of(ProviderId.Massive, plan).CreateRequest(Aapl);

        Assert.Equal(address, request.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer key", Assert.Single(request.Headers.GetValues("Authorization")));
    }
}
