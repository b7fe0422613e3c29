using System.Net;
using System.Text;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>The form of a request for many listings, and the outcome of each listing.</summary>
public class BatchFormsTests
{
    private static IBatchAdapter Adapter(ProviderId provider, string? plan = null) => (IBatchAdapter)TestAdapters.Of(provider, plan);

    private static List<ProviderListing> Us(ProviderId provider, params string[] tickers) =>
        [.. tickers.Select(ticker => Listings.Us(provider, ticker))];

    private static AttemptResult Judge(List<ProviderListing> listings, int status, string body)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        return Providers.Judge.DecideBatch(
            Adapter(listings[0].Provider),
            new ProviderAnswer(status, Encoding.UTF8.GetBytes(body), response.Headers, RecordedAnswer.Now),
            listings
        );
    }

    /// <summary><c>ok 214.29, unknown-symbol</c> and so on, in the order of the listings.</summary>
    private static string Told(in AttemptResult result) =>
        string.Join(", ", result.Items!.Select(item => $"{item.Status} {item.Quote?.Price}".TrimEnd()));

    [Theory]
    [InlineData("twelve-data", "https://api.twelvedata.com/quote?symbol=AAPL,BRK.B,T0001")]
    [InlineData("massive", "https://api.massive.com/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,BRK.B,T0001")]
    [InlineData("alpaca", "https://data.alpaca.markets/v2/stocks/snapshots?symbols=AAPL,BRK.B,T0001&feed=iex")]
    [InlineData("eodhd", "https://eodhd.com/api/real-time/AAPL.US?fmt=json&api_token=key&s=BRK-B.US,T0001.US")]
    public void One_request_names_all_symbols(string provider, string address)
    {
        var id = Successes.Parse(provider);
        using var request = Adapter(id).CreateBatchRequest(Us(id, "AAPL", "BRK.B", "T0001"));

        Assert.Equal(address, request.RequestUri!.AbsoluteUri);
        Assert.Equal(id == ProviderId.Eodhd, !request.Headers.Any()); // the key travels as in a single request
    }

    [Theory]
    [InlineData("twelve-data", null, 8, 8)]
    [InlineData("twelve-data", "pro", 120, 120)]
    [InlineData("massive", null, 100, 1)]
    [InlineData("massive", "basic", 1, 1)]
    [InlineData("alpaca", null, 100, 1)]
    [InlineData("eodhd", null, 15, 15)]
    public void A_batch_has_a_size_and_costs_what_the_provider_counts(string provider, string? plan, int size, int calls)
    {
        var adapter = Adapter(Successes.Parse(provider), plan);

        Assert.Equal((size, calls), (adapter.MaxBatch, adapter.CountCalls(adapter.MaxBatch)));
    }

    [Fact]
    public void A_minute_of_more_credits_allows_larger_batches()
    {
        var registration = TwelveDataAdapter.Registration;
        var settings = new ProviderSettings(registration, new ProviderOptions { Quota = { PerMinute = 55 } });

        Assert.Equal(55, new TwelveDataAdapter(settings).MaxBatch);
    }

    [Fact]
    public void A_listing_that_needs_a_parameter_of_its_own_is_in_no_batch()
    {
        var adapter = Adapter(ProviderId.TwelveData);

        Assert.False(adapter.IsBatchable(Listings.Vodafone(ProviderId.TwelveData, "VOD:XLON", unit: null)));
        Assert.True(adapter.IsBatchable(Listings.Vodafone(ProviderId.TwelveData, "VOD:LSE", unit: null)));
        Assert.True(adapter.IsBatchable(Listings.Aapl(ProviderId.TwelveData)));
    }

    [Theory]
    [InlineData("twelve-data")]
    [InlineData("eodhd")]
    public void The_form_for_one_symbol_makes_none_of_a_batch_unknown(string provider)
    {
        var id = Successes.Parse(provider);

        var result = Judge(Us(id, "AAPL", "MSFT"), 200, Successes.Of(id));

        Assert.Equal(FetchStatus.MalformedResponse, result.Status);
        Assert.Null(result.Items);
    }

    [Fact]
    public void Twelve_Data_answers_with_a_map_of_quotes_and_errors()
    {
        var listings = Us(ProviderId.TwelveData, "AAPL", "NOSUCH", "PAID", "LATE", "NULL", "ODD", "OTHER", "MSFT", "GONE");

        var result = Judge(
            listings,
            200,
            """
            {"MSFT":{"symbol":"MSFT","currency":"USD","close":"478.04000"},
             "LATE":{"code":429,"message":"You have run out of API credits for the current minute. 9 API credits were used, with the current limit being 8.","status":"error"},
             "NOSUCH":{"code":404,"message":"**symbol** not found: NOSUCH. Please specify it correctly according to API Documentation.","status":"error","meta":{"symbol":"AAPL,NOSUCH"}},
             "PAID":{"code":404,"message":"This symbol is available starting with the Grow or Venture plan. Consider upgrading now","status":"error"},
             "NULL":{"symbol":"NULL","close":null,"previous_close":"3.00000"}, "ODD":{"symbol":"ODD","close":[]}, "OTHER":{"symbol":"ELSE","close":"1.0"},
             "AAPL":{"symbol":"AAPL","currency":"USD","close":"214.28999"}}
            """
        );

        Assert.Equal(
            "Ok 214.28999, UnknownSymbol, PlanRestricted, RateLimited, NoPrice, MalformedResponse, MalformedResponse, Ok 478.04, UnknownSymbol",
            Told(result)
        );
        Assert.Equal(49, result.Items![3].RetryAfterSeconds);
    }

    [Fact]
    public void Massive_answers_with_a_list_in_any_order_that_lacks_the_unknown()
    {
        var listings = Us(ProviderId.Massive, "AAPL", "NOSUCH", "CLEAR", "ODD", "MSFT");

        var result = Judge(
            listings,
            200,
            """
            {"status":"OK","count":4,"tickers":[{"ticker":"MSFT","lastTrade":{"p":478.04}},{"ticker":"CLEAR","day":{"c":0},"prevDay":{"c":5}},null,7,
             {"ticker":"ODD","lastTrade":{"p":"high"}},{"ticker":"AAPL","lastTrade":{"p":214.29}},{"ticker":["X"]}]}
            """
        );

        Assert.Equal("Ok 214.29, UnknownSymbol, NoPrice, MalformedResponse, Ok 478.04", Told(result));
    }

    [Fact]
    public void Alpaca_answers_with_a_map_in_which_anything_may_be_null()
    {
        var listings = Us(ProviderId.Alpaca, "AAPL", "KUBTY", "GONE", "EMPTY", "ODD", "MSFT");

        var result = Judge(
            listings,
            200,
            """
            {"MSFT":{"latestTrade":{"p":478.04},"prevDailyBar":null},"KUBTY":null,"EMPTY":{"latestTrade":null},"ODD":{"latestTrade":[]},"AAPL":{"latestTrade":{"p":214.29}}}
            """
        );

        Assert.Equal("Ok 214.29, UnknownSymbol, UnknownSymbol, NoPrice, MalformedResponse, Ok 478.04", Told(result));
    }

    [Fact]
    public void Eodhd_answers_with_a_list_in_which_words_stand_for_numbers()
    {
        var listings = Us(ProviderId.Eodhd, "AAPL", "NOSUCH", "NEVER", "PREV", "MSFT");

        var result = Judge(
            listings,
            200,
            """
            [{"code":"NA","close":"NA","previousClose":"NA"},{"code":"MSFT","close":478.04},{"code":"NEVER.US","timestamp":"NA","close":"NA","previousClose":"NA"},
             {"code":"PREV.US","close":"NA","previousClose":3},null,{"code":"AAPL.US","close":214.35}]
            """
        );

        Assert.Equal("Ok 214.35, UnknownSymbol, UnknownSymbol, NoPrice, Ok 478.04", Told(result));
    }

    [Fact]
    public void A_code_without_its_exchange_matches_none_where_two_could_be_meant()
    {
        List<ProviderListing> listings = [Listings.Vodafone(ProviderId.Eodhd, "VOD.LSE", "GBX"), .. Us(ProviderId.Eodhd, "VOD", "AAPL")];

        Assert.Equal(
            "UnknownSymbol, UnknownSymbol, Ok 214.35",
            Told(Judge(listings, 200, """[{"code":"VOD","close":72.46},{"code":"VOD","close":9.78},{"code":"AAPL","close":214.35}]"""))
        );
        Assert.Equal(
            "Ok 0.7246, Ok 9.78, Ok 214.35",
            Told(
                Judge(listings, 200, """[{"code":"VOD.US","close":9.78},{"code":"VOD.LSE","close":72.46},{"code":"AAPL","close":214.35}]""")
            )
        );
    }

    [Theory]
    [InlineData(
        "twelve-data",
        429,
        """{"code":429,"message":"You have run out of API credits for the current minute.","status":"error"}""",
        FetchStatus.RateLimited,
        null
    )]
    [InlineData(
        "twelve-data",
        200,
        """{"code":401,"message":"**apikey** parameter is incorrect or not specified.","status":"error"}""",
        FetchStatus.InvalidKey,
        null
    )]
    [InlineData("twelve-data", 500, """{"AAPL":{"symbol":"AAPL","close":"1"}}""", FetchStatus.ServerError, null)]
    [InlineData(
        "massive",
        403,
        """{"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."}""",
        FetchStatus.PlanRestricted,
        null
    )]
    [InlineData(
        "massive",
        200,
        """{"status":"ERROR","error":"You've exceeded the maximum requests per minute"}""",
        FetchStatus.RateLimited,
        null
    )]
    [InlineData("massive", 200, """{"status":"OK","tickers":{}}""", FetchStatus.MalformedResponse, null)]
    [InlineData("alpaca", 400, """{"message":"code=400, message=invalid symbol: MSFT"}""", FetchStatus.UnknownSymbol, 1)]
    [InlineData(
        "alpaca",
        400,
        """{"code":40010001,"message":"invalid symbol: MSF"}""",
        FetchStatus.UnknownSymbol,
        IBatchAdapter.UnnamedCulprit
    )]
    [InlineData("alpaca", 429, """{"message": "too many requests."}""", FetchStatus.RateLimited, null)]
    [InlineData("alpaca", 200, "<html></html>", FetchStatus.MalformedResponse, null)]
    [InlineData("eodhd", 403, "Forbidden", FetchStatus.PlanRestricted, IBatchAdapter.UnnamedCulprit)]
    [InlineData("eodhd", 404, "Ticker Not Found.", FetchStatus.UnknownSymbol, IBatchAdapter.UnnamedCulprit)]
    [InlineData("eodhd", 401, "Unauthenticated", FetchStatus.InvalidKey, null)]
    [InlineData("eodhd", 402, "You exceeded your daily API requests limit.", FetchStatus.QuotaExhausted, null)]
    [InlineData("eodhd", 200, """[{"code":"AAPL.US","clo""", FetchStatus.MalformedResponse, null)]
    [InlineData("alpaca", 403, "<html>invalid symbol: MSFT</html>", FetchStatus.Unreachable, null)]
    [InlineData("eodhd", 403, "<html>Forbidden</html>", FetchStatus.Unreachable, null)]
    [InlineData("alpaca", 404, "<html>invalid symbol: MSFT</html>", FetchStatus.MalformedResponse, null)]
    [InlineData("alpaca", 200, "<html>invalid symbol: MSFT</html>", FetchStatus.MalformedResponse, null)]
    [InlineData("eodhd", 404, "<html>Ticker Not Found.</html>", FetchStatus.MalformedResponse, null)]
    public void A_refusal_concerns_them_all_or_one_that_spoilt_it(
        string provider,
        int status,
        string body,
        FetchStatus expected,
        int? culprit
    )
    {
        var result = Judge(Us(Successes.Parse(provider), "AAPL", "MSFT", "GOOG"), status, body);

        Assert.Equal((expected, culprit, null), (result.Status, result.Culprit, result.Items));
    }
}
