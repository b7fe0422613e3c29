using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class EodhdTests
{
    private const string Success =
        """{"code":"AAPL.US","timestamp":1750266900,"gmtoffset":0,"open":215.8,"high":216.45,"low":213.6,"close":214.35,"volume":37310212,"previousClose":216,"change":-1.65,"change_p":-0.7639}""";

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.Eodhd);

    private static readonly ProviderQuote Quote = new()
    {
        Price = 214.35m,
        Open = 215.8m,
        High = 216.45m,
        Low = 213.6m,
        PreviousClose = 216m,
        Change = -1.65m,
        ChangePercent = -0.7639m,
        Volume = 37_310_212,
        Currency = CurrencyCode.Usd,
        RawPrice = 214.35m,
        RawUnit = "USD",
        AsOf = DateTimeOffset.Parse("2025-06-18T17:15:00Z"),
        AsOfPrecision = AsOfPrecision.Instant,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.Delayed,
        Session = SessionKind.Regular,
    };

    [Theory]
    [InlineData(Success)]
    [InlineData($"[{Success}]")]
    [InlineData($$"""[{"code":"MSFT.US","timestamp":1750266900,"close":478.04},{{Success}}]""")]
    public void An_object_or_an_array_is_a_delayed_quote(string body)
    {
        var result = RecordedAnswer.Ok(body).Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Equal(Quote, result.Quote);
    }

    [Theory]
    [InlineData("AAPL.US", "AAPL")]
    [InlineData("\"gmtoffset\":0", "\"gmtoffset\":-18000")]
    public void The_offset_is_ignored_and_the_suffix_may_lack(string part, string replacement) =>
        Assert.Equal(Quote, RecordedAnswer.Ok(Success.Replace(part, replacement)).Judge(Aapl).Quote);

    [Theory]
    [InlineData("null")]
    [InlineData("\"NA\"")]
    public void Volume_may_be_missing(string volume) =>
        Assert.Equal(Quote with { Volume = null }, RecordedAnswer.Ok(Success.Replace("37310212", volume)).Judge(Aapl).Quote);

    [Fact]
    public void A_time_may_be_missing() =>
        Assert.Equal(
            Quote with
            {
                AsOf = null,
                AsOfPrecision = null,
                TradingDate = null,
                Session = null,
            },
            RecordedAnswer.Ok(Success.Replace("1750266900", "\"NA\"")).Judge(Aapl).Quote
        );

    [Fact]
    public void A_known_symbol_without_a_price_keeps_the_previous_close()
    {
        var result = RecordedAnswer
            .Ok(
                """
                {"code":"AAPL.US","timestamp":"NA","gmtoffset":0,"open":"NA","high":"NA","low":"NA","close":"NA","volume":"NA","previousClose":216,"change":"NA","change_p":"NA"}
                """
            )
            .Judge(Aapl);

        Assert.Equal(FetchStatus.NoPrice, result.Status);
        Assert.Equal((null, 216m, null), (result.Quote!.Price, result.Quote.PreviousClose, result.Quote.Change));
    }

    [Fact]
    public void London_prices_are_pence()
    {
        var quote = RecordedAnswer
            .Ok(
                """{"code":"VOD.LSE","timestamp":1750259700,"gmtoffset":0,"open":72.1,"high":72.9,"low":71.8,"close":72.46,"volume":51234567,"previousClose":71.9,"change":0.56,"change_p":0.7789}"""
            )
            .Judge(Listings.Vodafone(ProviderId.Eodhd, "VOD.LSE", "GBX"))
            .Quote!;

        Assert.Equal((0.7246m, 0.721m, 0.729m, 0.718m, 0.719m), (quote.Price, quote.Open, quote.High, quote.Low, quote.PreviousClose));
        Assert.Equal(
            (0.0056m, 0.7789m, 51_234_567L, 72.46m, "GBX"),
            (quote.Change, quote.ChangePercent, quote.Volume, quote.RawPrice, quote.RawUnit)
        );
    }

    [Theory]
    [InlineData(
        200,
        """{"code":"NOSUCH.US","timestamp":"NA","gmtoffset":"NA","open":"NA","high":"NA","low":"NA","close":"NA","volume":"NA","previousClose":"NA","change":"NA","change_p":"NA"}""",
        FetchStatus.MalformedResponse
    )]
    [InlineData(
        200,
        """{"code":"AAPL.US","timestamp":"NA","gmtoffset":0,"open":"NA","high":"NA","low":"NA","close":"NA","volume":"NA","previousClose":"NA","change":"NA","change_p":"NA"}""",
        FetchStatus.UnknownSymbol
    )]
    [InlineData(
        200,
        """{"code":"AAPL.US","timestamp":"NA","gmtoffset":0,"open":"NA","high":"NA","low":"NA","close":"NA","volume":"NA","change":"NA","change_p":"NA"}""",
        FetchStatus.UnknownSymbol
    )]
    [InlineData(
        200,
        """{"code":"NA","timestamp":"NA","gmtoffset":"NA","open":"NA","high":"NA","low":"NA","close":"NA","volume":"NA","previousClose":"NA","change":"NA","change_p":"NA"}""",
        FetchStatus.UnknownSymbol
    )]
    [InlineData(200, """{"code":"MSFT.US","timestamp":1750266900,"close":478.04}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"code":"AAPL.LSE","timestamp":1750266900,"close":478.04}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """[{"code":"MSFT.US","timestamp":1750266900,"close":478.04}]""", FetchStatus.MalformedResponse)]
    [InlineData(200, "[]", FetchStatus.MalformedResponse)]
    [InlineData(200, "{}", FetchStatus.MalformedResponse)]
    [InlineData(
        200,
        "code,timestamp,gmtoffset,open,high,low,close,volume,previousClose,change,change_p\nAAPL.US,1750266900,0,215.8,216.45,213.6,214.35,37310212,216,-1.65,-0.7639",
        FetchStatus.MalformedResponse
    )]
    [InlineData(401, "Unauthenticated", FetchStatus.InvalidKey)]
    [InlineData(200, "Unauthenticated", FetchStatus.InvalidKey)]
    [InlineData(401, """{"status":401,"error":"Unauthorized","message":"Invalid API token"}""", FetchStatus.InvalidKey)]
    [InlineData(200, """{"status":401,"error":"Unauthorized","message":"Invalid API token"}""", FetchStatus.InvalidKey)]
    [InlineData(403, "Forbidden. Please contact support@eodhistoricaldata.com", FetchStatus.PlanRestricted)]
    [InlineData(403, "Forbidden", FetchStatus.PlanRestricted)]
    [InlineData(403, """{"error":"Forbidden","code":403}""", FetchStatus.PlanRestricted)]
    [InlineData(403, """{"error":"Invalid API token","code":403}""", FetchStatus.InvalidKey)]
    [InlineData(404, "Ticker Not Found.", FetchStatus.UnknownSymbol)]
    [InlineData(404, """{"error":"Ticker Not Found.","code":404}""", FetchStatus.UnknownSymbol)]
    [InlineData(404, "<html><body>404 Not Found</body></html>", FetchStatus.MalformedResponse)]
    [InlineData(
        402,
        "You exceeded your daily API requests limit.  Please contact support@eodhistoricaldata.com",
        FetchStatus.QuotaExhausted
    )]
    [InlineData(402, "", FetchStatus.QuotaExhausted)]
    [InlineData(429, "<html><body><h1>Too Many Requests</h1></body></html>", FetchStatus.RateLimited)]
    [InlineData(429, """{"error":"API rate limit exceeded"}""", FetchStatus.RateLimited)]
    [InlineData(200, """{"error":"API rate limit exceeded"}""", FetchStatus.RateLimited)]
    [InlineData(422, """{"errors":{"s":["invalid"]}}""", FetchStatus.BadRequest)]
    [InlineData(500, "", FetchStatus.ServerError)]
    [InlineData(503, "<html>Service Unavailable</html>", FetchStatus.ServerError)]
    public void Refusals_come_in_words_HTML_or_JSON(int status, string body, FetchStatus expected)
    {
        var result = new RecordedAnswer(status, body).Judge(Aapl);

        Assert.Equal((expected, null), (result.Status, result.Quote));
    }

    [Fact]
    public void The_day_ends_at_midnight_GMT_and_the_minute_as_the_header_says()
    {
        Assert.Equal(23_269, new RecordedAnswer(402, "You exceeded your daily API requests limit.").Judge(Aapl).RetryAfterSeconds);
        Assert.Equal(49, new RecordedAnswer(429, "").Judge(Aapl).RetryAfterSeconds);
        Assert.Equal(
            33,
            new RecordedAnswer(429, "").With("Retry-After", "33").With("X-RateLimit-Limit", "1000").Judge(Aapl).RetryAfterSeconds
        );
    }

    [Fact]
    public void The_key_travels_in_the_query_and_JSON_is_asked_for()
    {
        using var request = TestAdapters.Of(ProviderId.Eodhd).CreateRequest(Aapl);

        Assert.Equal("https://eodhd.com/api/real-time/AAPL.US?fmt=json&api_token=key", request.RequestUri!.AbsoluteUri);
    }
}
