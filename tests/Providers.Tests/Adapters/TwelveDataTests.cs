using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class TwelveDataTests
{
    private const string Success = """
        {
          "symbol": "AAPL", "name": "Apple Inc.", "exchange": "NASDAQ", "mic_code": "XNGS", "currency": "USD",
          "datetime": "2025-06-18", "timestamp": 1750253400, "last_quote_at": 1750267860,
          "open": "215.80000", "high": "216.45000", "low": "213.60001", "close": "214.28999", "volume": "38765012",
          "previous_close": "216.00000", "change": "-1.71001", "percent_change": "-0.79167", "average_volume": "54120331",
          "is_market_open": true,
          "fifty_two_week": {"low": "169.21001", "high": "260.10001", "range": "169.210007 - 260.100006"},
          "extended_price": "213.95000", "extended_timestamp": "1750290000"
        }
        """;

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.TwelveData);

    private static readonly ProviderQuote Quote = new()
    {
        Price = 214.28999m,
        Open = 215.8m,
        High = 216.45m,
        Low = 213.60001m,
        PreviousClose = 216m,
        Change = -1.71001m,
        ChangePercent = -0.79167m,
        Volume = 38_765_012,
        Currency = CurrencyCode.Usd,
        RawPrice = 214.28999m,
        RawUnit = "USD",
        AsOf = DateTimeOffset.Parse("2025-06-18T17:31:00Z"),
        AsOfPrecision = AsOfPrecision.Minute,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.RealTime,
        Session = SessionKind.Regular,
    };

    [Fact]
    public void Strings_are_a_quote_of_the_last_minute()
    {
        var result = RecordedAnswer.Ok(Success).Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Equal(Quote, result.Quote);
    }

    [Fact]
    public void The_batch_form_is_read_by_the_symbol_that_was_asked() =>
        Assert.Equal(
            Quote,
            RecordedAnswer.Ok($$"""{"MSFT": {"symbol": "MSFT", "close": "478.04"}, "AAPL": {{Success}}}""").Judge(Aapl).Quote
        );

    [Fact]
    public void Without_the_last_minute_the_time_is_that_of_the_session() =>
        Assert.Equal(
            Quote with
            {
                AsOf = DateTimeOffset.Parse("2025-06-18T13:30:00Z"),
                AsOfPrecision = AsOfPrecision.Session,
            },
            RecordedAnswer.Ok(Success.Replace("\"last_quote_at\": 1750267860,", "")).Judge(Aapl).Quote
        );

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-06-18 13:31:00")]
    public void Without_any_timestamp_only_the_day_is_known(string datetime)
    {
        var body = Success
            .Replace("\"timestamp\": 1750253400, \"last_quote_at\": 1750267860,", "")
            .Replace("\"2025-06-18\"", $"\"{datetime}\"");

        Assert.Equal(Quote with { AsOf = null, AsOfPrecision = AsOfPrecision.Day }, RecordedAnswer.Ok(body).Judge(Aapl).Quote);
    }

    [Theory]
    [InlineData("\"volume\": \"38765012\",", "")]
    [InlineData("\"38765012\"", "\"n/a\"")]
    [InlineData("\"38765012\"", "null")]
    public void Volume_may_be_missing(string part, string replacement) =>
        Assert.Equal(Quote with { Volume = null }, RecordedAnswer.Ok(Success.Replace(part, replacement)).Judge(Aapl).Quote);

    [Theory]
    [InlineData("VOD:LSE", "VOD", "LSE")]
    [InlineData("VOD:LSE", "VOD:LSE", "LSE")]
    [InlineData("VOD:XLON", "VOD", "LSE")]
    public void Pence_come_as_the_payload_says(string spelling, string echoed, string exchange)
    {
        var quote = RecordedAnswer
            .Ok(
                $$"""
                {"symbol": "{{echoed}}", "exchange": "{{exchange}}", "mic_code": "XLON", "currency": "GBp", "datetime": "2025-06-18", "timestamp": 1750230000,
                 "last_quote_at": 1750260540, "close": "72.46000", "previous_close": "71.90000", "change": "0.56000", "percent_change": "0.77886"}
                """
            )
            .Judge(Listings.Vodafone(ProviderId.TwelveData, spelling, unit: null))
            .Quote!;

        Assert.Equal((0.7246m, 0.719m, 0.0056m, 0.77886m), (quote.Price, quote.PreviousClose, quote.Change, quote.ChangePercent));
        Assert.Equal((72.46m, "GBp", "GBP", null), (quote.RawPrice, quote.RawUnit, quote.Currency.ToString(), quote.Suspect));
        Assert.Equal(QuoteFreshness.Unknown, quote.Freshness);
    }

    [Fact]
    public void The_ADR_is_never_taken_for_the_London_line()
    {
        var result = RecordedAnswer
            .Ok("""{"symbol": "VOD", "exchange": "NASDAQ", "mic_code": "XNMS", "currency": "USD", "close": "9.78000"}""")
            .Judge(Listings.Vodafone(ProviderId.TwelveData, "VOD:LSE", unit: null));

        Assert.Equal(FetchStatus.MalformedResponse, result.Status);
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"n/a\"")]
    [InlineData("null")]
    public void A_quote_without_a_close_keeps_the_previous_one(string close)
    {
        var result = RecordedAnswer.Ok(Success.Replace("\"214.28999\"", close)).Judge(Aapl);

        Assert.Equal(FetchStatus.NoPrice, result.Status);
        Assert.Equal((null, 216m), (result.Quote!.Price, result.Quote.PreviousClose));
    }

    [Theory]
    [InlineData(
        404,
        "**symbol** or **figi** parameter is missing or invalid. Please provide a valid symbol according to API documentation: https://twelvedata.com/docs#reference-data",
        FetchStatus.UnknownSymbol
    )]
    [InlineData(400, "**symbol** not found: AAPL. Please specify it correctly according to API Documentation.", FetchStatus.UnknownSymbol)]
    [InlineData(404, "**symbol** not found: AAPL. Please specify it correctly according to API Documentation.", FetchStatus.UnknownSymbol)]
    [InlineData(
        404,
        "This symbol is available starting with the Grow or Venture plan. Consider upgrading now at https://twelvedata.com/pricing",
        FetchStatus.PlanRestricted
    )]
    [InlineData(
        403,
        "/dividends is available exclusively with grow or pro or ultra plans. Consider upgrading now at https://twelvedata.com/pricing",
        FetchStatus.PlanRestricted
    )]
    [InlineData(
        401,
        "**apikey** parameter is incorrect or not specified. You can get your free API key instantly following this link: https://twelvedata.com/pricing. If you believe that everything is correct, you can contact us",
        FetchStatus.InvalidKey
    )]
    [InlineData(401, "The 'demo' API key is only used for initial familiarity. You can get your free API key", FetchStatus.InvalidKey)]
    [InlineData(
        429,
        "You have run out of API credits for the current minute. 9 API credits were used, with the current limit being 8. Wait for the next minute or consider switching to a higher tier plan at https://twelvedata.com/pricing",
        FetchStatus.RateLimited
    )]
    [InlineData(
        429,
        "You have run out of API credits for the day. 801 API credits were used, with the current limit being 800. Wait for the next day or consider switching to a higher tier plan",
        FetchStatus.QuotaExhausted
    )]
    [InlineData(400, "No data is available on the specified dates. Try setting different start/end dates.", FetchStatus.NoPrice)]
    [InlineData(400, "**interval** parameter is invalid", FetchStatus.BadRequest)]
    [InlineData(414, "Parameter is too long", FetchStatus.BadRequest)]
    [InlineData(500, "Internal server error", FetchStatus.ServerError)]
    public void The_envelope_means_the_same_with_any_status(int code, string message, FetchStatus expected)
    {
        var envelope = $$"""{"code": {{code}}, "message": "{{message}}", "status": "error"}""";

        Assert.Equal(expected, new RecordedAnswer(code, envelope).Judge(Aapl).Status);
        Assert.Equal(expected, RecordedAnswer.Ok(envelope).Judge(Aapl).Status);
        Assert.Equal(
            expected,
            RecordedAnswer.Ok($$"""{"MSFT": {"symbol": "MSFT", "close": "478.04"}, "AAPL": {{envelope}}}""").Judge(Aapl).Status
        );
    }

    [Theory]
    [InlineData(500, "<html>Internal Server Error</html>", FetchStatus.ServerError)]
    [InlineData(429, "", FetchStatus.RateLimited)]
    [InlineData(200, "{}", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"MSFT": {"symbol": "MSFT", "close": "478.04"}}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"symbol": "MSFT", "close": "478.04"}""", FetchStatus.MalformedResponse)]
    [InlineData(200, "symbol;name;exchange;close\nAAPL;Apple Inc.;NASDAQ;214.28999", FetchStatus.MalformedResponse)]
    [InlineData(404, "404 page not found", FetchStatus.MalformedResponse)]
    public void Bodies_without_the_envelope_are_judged_by_form_and_status(int status, string body, FetchStatus expected) =>
        Assert.Equal(expected, new RecordedAnswer(status, body).Judge(Aapl).Status);

    [Fact]
    public void Minute_credits_come_back_with_the_next_minute() =>
        Assert.Equal(
            49,
            new RecordedAnswer(429, """{"code":429,"message":"You have run out of API credits for the current minute.","status":"error"}""")
                .Judge(Aapl)
                .RetryAfterSeconds
        );

    [Theory]
    [InlineData("VOD:LSE", "https://api.twelvedata.com/quote?symbol=VOD%3ALSE")]
    [InlineData("VOD:XLON", "https://api.twelvedata.com/quote?symbol=VOD&mic_code=XLON")]
    public void The_key_travels_in_a_header_and_a_MIC_in_its_own_parameter(string spelling, string address)
    {
        using var request = TestAdapters
            .Of(ProviderId.TwelveData)
            .CreateRequest(Listings.Vodafone(ProviderId.TwelveData, spelling, unit: null));

        Assert.Equal(address, request.RequestUri!.AbsoluteUri);
        Assert.Equal("apikey key", Assert.Single(request.Headers.GetValues("Authorization")));
    }
}
