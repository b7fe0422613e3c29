using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class AlphaVantageTests
{
    private const string Fields = """
        "01. symbol": "AAPL", "02. open": "215.8000", "03. high": "216.4500", "04. low": "213.6000", "05. price": "214.2900",
        "06. volume": "38765012", "07. latest trading day": "2025-06-18", "08. previous close": "216.0000", "09. change": "-1.7100",
        "10. change percent": "-0.7917%"
        """;

    private const string Success = $$$"""{ "Global Quote": { {{{Fields}}} } }""";

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.AlphaVantage);

    private static readonly ProviderQuote Quote = new()
    {
        Price = 214.29m,
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
        AsOfPrecision = AsOfPrecision.Day,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.EndOfDay,
        Session = SessionKind.Regular,
    };

    [Fact]
    public void Numbered_strings_are_a_quote_of_a_day()
    {
        var result = RecordedAnswer.Ok(Success).Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Equal(Quote, result.Quote);
    }

    [Theory]
    [InlineData("Global Quote - DATA DELAYED BY 15 MINUTES", null, QuoteFreshness.Delayed)]
    [InlineData("Global Quote - DATA DELAYED BY 15 MINUTES", "realtime", QuoteFreshness.Delayed)]
    [InlineData("Global Quote", "realtime", QuoteFreshness.RealTime)]
    [InlineData("Global Quote", "delayed", QuoteFreshness.Delayed)]
    [InlineData("Global Quote", "free", QuoteFreshness.EndOfDay)]
    public void The_entitlement_shows_in_the_outer_key_and_in_the_plan(string key, string? plan, QuoteFreshness expected)
    {
        var result = new RecordedAnswer(200, $$$"""{ "{{{key}}}": { {{{Fields}}} } }""") { Plan = plan }.Judge(Aapl);

        Assert.Equal(Quote with { Freshness = expected }, result.Quote);
    }

    [Theory]
    [InlineData("None")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("0.0000")]
    public void A_quote_without_a_price_keeps_the_previous_close(string price)
    {
        var result = RecordedAnswer.Ok(Success.Replace("214.2900", price)).Judge(Aapl);

        Assert.Equal(FetchStatus.NoPrice, result.Status);
        Assert.Equal((null, 216m), (result.Quote!.Price, result.Quote.PreviousClose));
    }

    [Fact]
    public void London_prices_are_pence()
    {
        var vodafone = Listings.Vodafone(ProviderId.AlphaVantage, "VOD.LON", "GBX");

        var quote = RecordedAnswer
            .Ok(
                """
                {"Global Quote": {"01. symbol": "VOD.LON", "02. open": "72.1000", "05. price": "72.4600", "06. volume": "51234567",
                 "07. latest trading day": "2025-06-18", "08. previous close": "71.9000", "09. change": "0.5600", "10. change percent": "0.7789%"}}
                """
            )
            .Judge(vodafone)
            .Quote!;

        Assert.Equal((0.7246m, 0.719m, 0.0056m, 0.7789m), (quote.Price, quote.PreviousClose, quote.Change, quote.ChangePercent));
        Assert.Equal((72.46m, "GBX", "GBP", 51_234_567L), (quote.RawPrice, quote.RawUnit, quote.Currency.ToString(), quote.Volume));
    }

    private const string DayQuota =
        "Thank you for using Alpha Vantage! Our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.";

    [Theory]
    [InlineData("""{"Global Quote": {}}""", FetchStatus.UnknownSymbol)]
    [InlineData("""{"Global Quote": null}""", FetchStatus.UnknownSymbol)]
    [InlineData("""{"Global Quote - DATA DELAYED BY 15 MINUTES": {}}""", FetchStatus.UnknownSymbol)]
    [InlineData("{}", FetchStatus.MalformedResponse)]
    [InlineData("""{"Global Quote": []}""", FetchStatus.MalformedResponse)]
    [InlineData("""{"Global Quote": {"01. symbol": "MSFT", "05. price": "478.0400"}}""", FetchStatus.MalformedResponse)]
    [InlineData(
        "symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent\nAAPL,215.8,216.45,213.6,214.29,38765012,2025-06-18,216,-1.71,-0.7917%",
        FetchStatus.MalformedResponse
    )]
    [InlineData(
        """{"Error Message":"Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for GLOBAL_QUOTE."}""",
        FetchStatus.BadRequest
    )]
    [InlineData(
        """{"Error Message":"Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for CURRENCY_EXCHANGE_RATE."}""",
        FetchStatus.UnknownSymbol
    )]
    [InlineData(
        """{"Error Message":"the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds."}""",
        FetchStatus.InvalidKey
    )]
    [InlineData($$"""{"Information":"{{DayQuota}}"}""", FetchStatus.QuotaExhausted)]
    [InlineData(
        """{"Information":"We have detected your API key as ABC123 and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans."}""",
        FetchStatus.QuotaExhausted
    )]
    [InlineData(
        """{"Information":"Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second)."}""",
        FetchStatus.RateLimited
    )]
    [InlineData(
        """{"Information":"Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to any of the premium plans to lift the free key rate limit (25 requests per day)."}""",
        FetchStatus.RateLimited
    )]
    [InlineData(
        """{"Note":"Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute and 500 calls per day. Please visit https://www.alphavantage.co/premium/"}""",
        FetchStatus.RateLimited
    )]
    [InlineData(
        """{"Information":"Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans to instantly unlock all premium endpoints"}""",
        FetchStatus.PlanRestricted
    )]
    [InlineData(
        """{"endpoint":"Realtime Bulk Quotes","message":"This is a premium endpoint. The sample below is artificial.","data":[{"symbol":"AAPL","close":"123.45"}]}""",
        FetchStatus.PlanRestricted
    )]
    [InlineData("<html><head><title>application-error.html</title></head></html>", FetchStatus.ServerError)]
    [InlineData("<html><body>Welcome</body></html>", FetchStatus.MalformedResponse)]
    public void Every_failure_is_a_200_told_apart_by_its_text(string body, FetchStatus expected)
    {
        var result = RecordedAnswer.Ok(body).Judge(Aapl);

        Assert.Equal(expected, result.Status);
        Assert.Null(result.Quote);
        Assert.DoesNotContain("ABC123", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_burst_is_over_in_two_seconds_and_the_day_at_midnight_UTC()
    {
        Assert.Equal(
            2,
            RecordedAnswer
                .Ok("""{"Information":"... more sparingly (1 request per second) ... 25 requests per day"}""")
                .Judge(Aapl)
                .RetryAfterSeconds
        );
        Assert.Equal(60, RecordedAnswer.Ok("""{"Note":"5 calls per minute and 500 calls per day"}""").Judge(Aapl).RetryAfterSeconds);
        Assert.Equal(23_269, RecordedAnswer.Ok($$"""{"Information":"{{DayQuota}}"}""").Judge(Aapl).RetryAfterSeconds);
    }

    [Theory]
    [InlineData(null, "https://www.alphavantage.co/query?function=GLOBAL_QUOTE&symbol=AAPL&apikey=key")]
    [InlineData("Delayed", "https://www.alphavantage.co/query?function=GLOBAL_QUOTE&symbol=AAPL&entitlement=delayed&apikey=key")]
    public void The_key_travels_in_the_query_and_the_entitlement_with_it(string? plan, string expected)
    {
        using var request = TestAdapters.Of(ProviderId.AlphaVantage, plan).CreateRequest(Aapl);

        Assert.Equal(expected, request.RequestUri!.AbsoluteUri);
    }
}
