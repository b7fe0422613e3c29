using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class AlpacaTests
{
    private const string Trade =
        """ "latestTrade": {"t": "2025-06-18T17:32:10.482913771Z", "x": "V", "p": 214.29, "s": 100, "c": ["@"], "i": 18446744073709551615, "z": "C"}""";
    private const string BidAndAsk =
        """ "latestQuote": {"t": "2025-06-18T17:32:10.507251Z", "ax": "V", "ap": 214.3, "as": 300, "bx": "V", "bp": 214.28, "bs": 100, "c": null, "z": "C"}""";
    private const string Minute =
        """ "minuteBar": {"t": "2025-06-18T17:31:00Z", "o": 214.35, "h": 214.4, "l": 214.25, "c": 214.31, "v": 2310, "n": 41, "vw": 214.32}""";
    private const string Day =
        """ "dailyBar": {"t": "2025-06-18T04:00:00Z", "o": 215.8, "h": 216.45, "l": 213.6, "c": 214.31, "v": 812345, "n": 9877, "vw": 214.99}""";
    private const string PreviousDay =
        """ "prevDailyBar": {"t": "2025-06-17T04:00:00Z", "o": 214.7, "h": 216.9, "l": 213.9, "c": 216, "v": 934561, "n": 10433, "vw": 215.6}""";

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.Alpaca);

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
        Volume = 812_345,
        Currency = CurrencyCode.Usd,
        RawPrice = 214.29m,
        RawUnit = "USD",
        AsOf = DateTimeOffset.Parse("2025-06-18T17:32:10.4829137Z"),
        AsOfPrecision = AsOfPrecision.Instant,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.RealTime,
        Session = SessionKind.Regular,
        SingleVenue = true,
    };

    private static string Parts(params string[] parts) => "{" + string.Join(", ", parts) + "}";

    private static AttemptResult Judge(params string[] parts) => RecordedAnswer.Ok($$"""{"AAPL": {{Parts(parts)}}}""").Judge(Aapl);

    [Fact]
    public void A_map_keyed_by_symbol_is_a_quote_of_one_venue()
    {
        var result = RecordedAnswer
            .Ok($$"""{"MSFT": null, "AAPL": {{Parts(Trade, BidAndAsk, Minute, Day, PreviousDay)}}, "KUBTY": null}""")
            .Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Equal(Quote, result.Quote);
    }

    [Fact]
    public void The_form_for_one_symbol_has_no_outer_key() =>
        Assert.Equal(Quote, RecordedAnswer.Ok(Parts("\"symbol\": \"AAPL\"", Trade, BidAndAsk, Day, PreviousDay)).Judge(Aapl).Quote);

    [Fact]
    public void Before_the_sessions_first_trade_the_daily_bar_is_yesterdays()
    {
        var quote = Judge(
            Trade.Replace("2025-06-18T17:32:10.482913771Z", "2025-06-18T10:18:04.5Z"),
            Day.Replace("2025-06-18T04", "2025-06-17T04"),
            PreviousDay.Replace("2025-06-17T04", "2025-06-16T04")
        ).Quote!;

        Assert.Equal((214.29m, 214.31m, -0.02m), (quote.Price, quote.PreviousClose, quote.Change));
        Assert.Equal((null, null, null, null), (quote.Open, quote.High, quote.Low, quote.Volume));
    }

    [Fact]
    public void The_days_are_compared_in_New_York()
    {
        // 23:59 on the 17th there is already the 18th in UTC.
        var quote = Judge(
            Trade.Replace("2025-06-18T17:32:10.482913771Z", "2025-06-18T03:59:59Z"),
            Day.Replace("2025-06-18T04", "2025-06-17T04"),
            PreviousDay
        ).Quote!;

        Assert.Equal((215.8m, 216m, new DateOnly(2025, 6, 17)), (quote.Open, quote.PreviousClose, quote.TradingDate));
    }

    [Fact]
    public void Midnight_is_an_hour_later_in_winter()
    {
        var quote = Judge(
            Trade.Replace("2025-06-18T17:32:10.482913771Z", "2025-01-15T20:00:00Z"),
            Day.Replace("2025-06-18T04", "2025-01-15T05"),
            PreviousDay
        ).Quote!;

        Assert.Equal(215.8m, quote.Open);
    }

    [Fact]
    public void Without_a_daily_bar_only_the_previous_close_is_known()
    {
        var quote = Judge(Trade, "\"dailyBar\": null", PreviousDay).Quote!;

        Assert.Equal((214.29m, 216m, null, null), (quote.Price, quote.PreviousClose, quote.Open, quote.Volume));
    }

    [Fact]
    public void A_trade_older_than_the_daily_bar_takes_nothing_from_it()
    {
        var quote = Judge(Trade.Replace("2025-06-18T17:32:10.482913771Z", "2025-03-05T15:00:00Z"), Day, PreviousDay).Quote!;

        Assert.Equal((214.29m, null, null, null), (quote.Price, quote.PreviousClose, quote.Open, quote.Volume));
        Assert.True(quote.Stale);
    }

    [Fact]
    public void A_bid_or_ask_of_zero_is_none() =>
        Assert.Equal(
            Quote with
            {
                Bid = null,
                Ask = null,
            },
            Judge(Trade, BidAndAsk.Replace("214.28", "0").Replace("214.3,", "0,"), Day, PreviousDay).Quote
        );

    [Fact]
    public void Null_parts_are_no_price()
    {
        var result = Judge(
            "\"latestTrade\": null",
            "\"latestQuote\": null",
            "\"minuteBar\": null",
            "\"dailyBar\": null",
            "\"prevDailyBar\": null"
        );
        Assert.Equal((FetchStatus.NoPrice, null), (result.Status, result.Quote));

        var withBars = Judge("\"latestTrade\": null", BidAndAsk, Day, PreviousDay);
        Assert.Equal((FetchStatus.NoPrice, 216m), (withBars.Status, withBars.Quote!.PreviousClose));
    }

    [Theory]
    [InlineData("plus", QuoteFreshness.RealTime, false)]
    [InlineData("delayed", QuoteFreshness.Delayed, false)]
    [InlineData("basic", QuoteFreshness.RealTime, true)]
    public void The_feed_follows_the_plan(string plan, QuoteFreshness freshness, bool isSingleVenue)
    {
        var answer = new RecordedAnswer(200, $$"""{"AAPL": {{Parts(Trade, BidAndAsk, Day, PreviousDay)}}}""") { Plan = plan };

        Assert.Equal(Quote with { Freshness = freshness, SingleVenue = isSingleVenue }, answer.Judge(Aapl).Quote);
    }

    [Fact]
    public void A_currency_in_the_answer_is_taken_at_its_word()
    {
        var quote = RecordedAnswer.Ok($$"""{"currency": "EUR", "AAPL": {{Parts(Trade, Day, PreviousDay)}}}""").Judge(Aapl).Quote!;

        Assert.Equal(("EUR", "EUR"), (quote.Currency.ToString(), quote.RawUnit));
        Assert.NotNull(quote.Suspect);
    }

    [Theory]
    [InlineData(200, """{"AAPL": null}""", FetchStatus.UnknownSymbol)]
    [InlineData(200, "{}", FetchStatus.UnknownSymbol)]
    [InlineData(200, """{"AAPL": {}}""", FetchStatus.NoPrice)]
    [InlineData(200, """{"MSFT": {"latestTrade": {"t": "2025-06-18T17:32:10Z", "p": 478.04}}}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"symbol": "MSFT", "latestTrade": {"t": "2025-06-18T17:32:10Z", "p": 478.04}}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"AAPL": [1, 2]}""", FetchStatus.MalformedResponse)]
    [InlineData(400, """{"message":"code=400, message=invalid symbol: AAPL"}""", FetchStatus.UnknownSymbol)]
    [InlineData(400, """{"code":40010001,"message":"invalid symbol: !!"}""", FetchStatus.UnknownSymbol)]
    [InlineData(400, """{"message":"invalid feed"}""", FetchStatus.BadRequest)]
    [InlineData(403, """{"message": "forbidden."}""", FetchStatus.InvalidKey)]
    [InlineData(403, "", FetchStatus.InvalidKey)]
    [InlineData(401, "", FetchStatus.InvalidKey)]
    [InlineData(401, """{"message": "unauthorized."}""", FetchStatus.InvalidKey)]
    [InlineData(403, """{"message":"subscription does not permit querying recent SIP data"}""", FetchStatus.PlanRestricted)]
    [InlineData(429, """{"message": "too many requests."}""", FetchStatus.RateLimited)]
    [InlineData(500, """{"message":"internal server error"}""", FetchStatus.ServerError)]
    [InlineData(502, "<html>Bad Gateway</html>", FetchStatus.Unreachable)]
    [InlineData(504, "<html>Gateway Timeout</html>", FetchStatus.Unreachable)]
    [InlineData(200, """{"message":"something else"}""", FetchStatus.ServerError)]
    [InlineData(404, """{"code":40410000,"message":"endpoint not found."}""", FetchStatus.MalformedResponse)]
    public void Refusals_are_told_apart_by_text_and_status(int status, string body, FetchStatus expected)
    {
        var result = new RecordedAnswer(status, body).Judge(Aapl);

        Assert.Equal((expected, null), (result.Status, result.Quote));
    }

    [Fact]
    public void The_limit_headers_say_when_to_come_back()
    {
        var limited = new RecordedAnswer(429, """{"message": "too many requests."}""");

        Assert.Equal(60, limited.Judge(Aapl).RetryAfterSeconds);
        Assert.Equal(19, limited.With("x-ratelimit-reset", "1750267950").Judge(Aapl).RetryAfterSeconds);
        Assert.Equal(7, limited.With("retry-after", "7").Judge(Aapl).RetryAfterSeconds);
    }

    [Fact]
    public void Both_halves_of_the_key_travel_in_headers()
    {
        using var request = TestAdapters.Of(ProviderId.Alpaca).CreateRequest(Aapl);

        Assert.Equal("https://data.alpaca.markets/v2/stocks/snapshots?symbols=AAPL&feed=iex", request.RequestUri!.AbsoluteUri);
        Assert.Equal("key", Assert.Single(request.Headers.GetValues("APCA-API-KEY-ID")));
        Assert.Equal("secret", Assert.Single(request.Headers.GetValues("APCA-API-SECRET-KEY")));
    }
}
