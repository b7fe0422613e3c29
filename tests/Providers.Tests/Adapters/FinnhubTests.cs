using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class FinnhubTests
{
    private const string Success = """{"c":214.29,"d":-1.71,"dp":-0.7917,"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":1750267930}""";

    private static readonly ProviderListing Aapl = Listings.Aapl(ProviderId.Finnhub);

    private static readonly ProviderQuote Quote = new()
    {
        Price = 214.29m,
        Open = 215.8m,
        High = 216.45m,
        Low = 213.6m,
        PreviousClose = 216m,
        Change = -1.71m,
        ChangePercent = -0.7917m,
        Currency = CurrencyCode.Usd,
        RawPrice = 214.29m,
        RawUnit = "USD",
        AsOf = DateTimeOffset.Parse("2025-06-18T17:32:10Z"),
        AsOfPrecision = AsOfPrecision.Instant,
        TradingDate = new DateOnly(2025, 6, 18),
        ReceivedAt = RecordedAnswer.Now,
        Freshness = QuoteFreshness.RealTime,
        Session = SessionKind.Regular,
    };

    [Fact]
    public void A_flat_object_is_a_quote()
    {
        var result = RecordedAnswer.Ok(Success).Judge(Aapl);

        Assert.Equal(FetchStatus.Ok, result.Status);
        Assert.Null(result.Detail);
        Assert.Equal(Quote, result.Quote);
    }

    [Theory]
    [InlineData("""{"c":214.29,"d":null,"dp":null,"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":1750267930}""")]
    [InlineData("""{"c":214.29,"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":1750267930}""")]
    [InlineData("""{"c":"214.29","d":"","dp":"None","h":"216.45","l":"213.6","o":"215.8","pc":"216","t":"1750267930"}""")]
    public void Missing_changes_are_computed(string body) =>
        Assert.Equal(Quote with { ChangePercent = -0.7917m }, RecordedAnswer.Ok(body).Judge(Aapl).Quote);

    [Fact]
    public void A_time_of_zero_is_no_time()
    {
        var quote = RecordedAnswer
            .Ok("""{"c":214.29,"d":-1.71,"dp":-0.7917,"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":0}""")
            .Judge(Aapl)
            .Quote;

        Assert.Equal(Quote with { AsOf = null, AsOfPrecision = null, TradingDate = null, Session = null }, quote);
    }

    [Theory]
    [InlineData("""{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}""")]
    [InlineData("""{"c":0,"h":0,"l":0,"o":0,"pc":0,"t":0}""")]
    [InlineData("""{"c":null,"d":null,"dp":null,"h":null,"l":null,"o":null,"pc":null,"t":null}""")]
    public void Zeros_everywhere_are_an_unknown_symbol(string body)
    {
        var result = RecordedAnswer.Ok(body).Judge(Aapl);

        Assert.Equal(FetchStatus.UnknownSymbol, result.Status);
        Assert.Null(result.Quote);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("null")]
    [InlineData("\"NaN\"")]
    public void A_price_missing_among_other_fields_is_no_price_and_keeps_the_previous_close(string price)
    {
        var result = RecordedAnswer.Ok($$"""{"c":{{price}},"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":1750267930}""").Judge(Aapl);

        Assert.Equal(FetchStatus.NoPrice, result.Status);
        Assert.Equal((null, 216m), (result.Quote!.Price, result.Quote.PreviousClose));
    }

    [Fact]
    public void Six_digit_prices_keep_their_cents() =>
        Assert.Equal(725_431.07m, RecordedAnswer.Ok("""{"c":725431.07,"pc":7.25E5,"t":1750267930}""").Judge(Aapl).Quote!.Price);

    [Theory]
    [InlineData(403, """{"error":"You don't have access to this resource."}""", FetchStatus.PlanRestricted)]
    [InlineData(403, """{"error":"You don\u0027t have access to this resource."}""", FetchStatus.PlanRestricted)]
    [InlineData(401, """{"error":"You don't have access to this resource."}""", FetchStatus.PlanRestricted)]
    [InlineData(403, "\"You don't have access to this resource.\"", FetchStatus.PlanRestricted)]
    [InlineData(200, "\"You don't have access to this resource.\"", FetchStatus.PlanRestricted)]
    [InlineData(403, "", FetchStatus.PlanRestricted)]
    [InlineData(401, """{"error":"Invalid API key"}""", FetchStatus.InvalidKey)]
    [InlineData(403, """{"error":"Invalid API key"}""", FetchStatus.InvalidKey)]
    [InlineData(401, """{"error":"Please use an API key."}""", FetchStatus.InvalidKey)]
    [InlineData(401, "", FetchStatus.InvalidKey)]
    [InlineData(429, "API limit reached. Please sign up for a free account to continue using the API.", FetchStatus.InvalidKey)]
    [InlineData(429, """{"error":"API limit reached. Please try again later. Remaining Limit: 0"}""", FetchStatus.RateLimited)]
    [InlineData(200, """{"error":"API limit reached. Please try again later. Remaining Limit: 0"}""", FetchStatus.RateLimited)]
    [InlineData(429, "", FetchStatus.RateLimited)]
    [InlineData(302, "<html>Found</html>", FetchStatus.MalformedResponse)]
    [InlineData(500, "", FetchStatus.ServerError)]
    [InlineData(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", FetchStatus.Unreachable)]
    [InlineData(503, Success, FetchStatus.ServerError)]
    [InlineData(200, """{"error":"Something went wrong"}""", FetchStatus.ServerError)]
    [InlineData(400, """{"error":"Wrong parameter"}""", FetchStatus.BadRequest)]
    [InlineData(404, """{"error":"Symbol not found."}""", FetchStatus.UnknownSymbol)]
    [InlineData(404, "404 page not found", FetchStatus.MalformedResponse)]
    [InlineData(200, "{}", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"current":214.29,"time":1750267930}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"C":214.29,"PC":216,"T":1750267930}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"c":true,"pc":216,"t":1750267930}""", FetchStatus.MalformedResponse)]
    [InlineData(200, """{"c":{"value":214.29},"pc":216,"t":1750267930}""", FetchStatus.MalformedResponse)]
    public void Refusals_are_told_apart_by_text_and_status(int status, string body, FetchStatus expected)
    {
        var result = new RecordedAnswer(status, body).Judge(Aapl);

        Assert.Equal(expected, result.Status);
        Assert.Null(result.Quote);
        Assert.NotNull(result.Detail);
    }

    [Fact]
    public void A_rate_limit_without_headers_lasts_until_the_next_minute() =>
        Assert.Equal(49, new RecordedAnswer(429, """{"error":"API limit reached."}""").Judge(Aapl).RetryAfterSeconds);

    [Fact]
    public void The_key_travels_in_a_header()
    {
        using var request = TestAdapters.Of(ProviderId.Finnhub).CreateRequest(Aapl);

        Assert.Equal("https://finnhub.io/api/v1/quote?symbol=AAPL", request.RequestUri!.AbsoluteUri);
        Assert.Equal("key", Assert.Single(request.Headers.GetValues("X-Finnhub-Token")));
    }
}
