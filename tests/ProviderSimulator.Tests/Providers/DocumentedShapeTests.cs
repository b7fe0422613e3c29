namespace Quorum.ProviderSimulator.Tests;

/// <summary>The names, the order and the JSON types of all fields, as the vendors document them.</summary>
public sealed class DocumentedShapeTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>
{
    private const string FinnhubQuote = "{c: number, d: number, dp: number, h: number, l: number, o: number, pc: number, t: number}";

    private const string AlphaVantageRate =
        "{Realtime Currency Exchange Rate: {1. From_Currency Code: text, 2. From_Currency Name: text, 3. To_Currency Code: text, "
        + "4. To_Currency Name: text, 5. Exchange Rate: text, 6. Last Refreshed: text, 7. Time Zone: text, 8. Bid Price: text, 9. Ask Price: text}}";

    private const string AlphaVantageBulk =
        "{endpoint: text, message: text, data: [{symbol: text, timestamp: text, open: text, high: text, low: text, close: text, volume: text, "
        + "previous_close: text, change: text, change_percent: text, extended_hours_quote: text, extended_hours_change: text, "
        + "extended_hours_change_percent: text}]}";

    private const string TwelveDataNumbers =
        "datetime: text, timestamp: number, last_quote_at: number, open: text, high: text, low: text, close: text, volume: text, previous_close: text, "
        + "change: text, percent_change: text, average_volume: text, is_market_open: boolean, fifty_two_week: {low: text, high: text, low_change: text, "
        + "high_change: text, low_change_percent: text, high_change_percent: text, range: text}}";

    private const string TwelveDataQuote =
        "{symbol: text, name: text, exchange: text, mic_code: text, currency: text, " + TwelveDataNumbers;

    private const string TwelveDataError = "{code: number, message: text, status: text";

    private const string MassiveBar = "o: number, h: number, l: number, c: number, v: number, vw: number";

    private const string MassiveChange = "ticker: text, todaysChange: number, todaysChangePerc: number, updated: number, ";

    private const string MassiveBars =
        "day: {" + MassiveBar + "}, min: {" + MassiveBar + ", av: number, n: number, t: number}, prevDay: {" + MassiveBar + "}, ";

    private const string MassiveTicker =
        "{"
        + MassiveChange
        + MassiveBars
        + "lastTrade: {c: [number], i: text, p: number, s: number, t: number, x: number}, "
        + "lastQuote: {P: number, S: number, p: number, s: number, t: number}}";

    private const string MassivePair = "{" + MassiveChange + MassiveBars + "lastQuote: {a: number, b: number, t: number, x: number}}";

    private const string MassivePrevious =
        "{ticker: text, queryCount: number, resultsCount: number, adjusted: boolean, results: [{T: text, "
        + MassiveBar
        + ", t: number, n: number}], status: text, request_id: text, count: number}";

    private const string AlpacaTrade = "{t: text, x: text, p: number, s: number, c: [text], i: number, z: text}";

    private const string AlpacaQuote = "{t: text, ax: text, ap: number, as: number, bx: text, bp: number, bs: number, c: [text], z: text}";

    private const string AlpacaBar = "{t: text, o: number, h: number, l: number, c: number, v: number, n: number, vw: number}";

    private const string AlpacaSnapshot =
        "latestTrade: "
        + AlpacaTrade
        + ", latestQuote: "
        + AlpacaQuote
        + ", minuteBar: "
        + AlpacaBar
        + ", dailyBar: "
        + AlpacaBar
        + ", prevDailyBar: "
        + AlpacaBar
        + "}";

    private const string EodhdQuote =
        "{code: text, timestamp: number, gmtoffset: number, open: number, high: number, low: number, close: number, volume: number, "
        + "previousClose: number, change: number, change_p: number}";

    private const string EodhdUnknown =
        "{code: text, timestamp: text, gmtoffset: number, open: text, high: text, low: text, close: text, volume: text, previousClose: text, "
        + "change: text, change_p: text}";

    private const string Stocks = "/massive/v2/snapshot/locale/us/markets/stocks/tickers";

    [Theory]
    [InlineData("/finnhub/api/v1/quote?symbol=AAPL&token=sim-key", FinnhubQuote)]
    [InlineData("/alpha-vantage/query?function=CURRENCY_EXCHANGE_RATE&from_currency=EUR&to_currency=USD&apikey=sim-key", AlphaVantageRate)]
    [InlineData("/alpha-vantage/query?function=REALTIME_BULK_QUOTES&symbol=AAPL,MSFT&apikey=sim-key", AlphaVantageBulk)]
    [InlineData("/twelve-data/quote?symbol=AAPL&apikey=sim-key", TwelveDataQuote)]
    [InlineData("/twelve-data/quote?symbol=VOD:LSE&apikey=sim-key", TwelveDataQuote)]
    [InlineData("/twelve-data/quote?symbol=EUR/USD&apikey=sim-key", "{symbol: text, name: text, exchange: text, " + TwelveDataNumbers)]
    [InlineData("/twelve-data/quote?symbol=NOTREAL&apikey=sim-key", TwelveDataError + "}")]
    [InlineData(
        "/twelve-data/quote?symbol=AAPL,NOTREAL&apikey=sim-key",
        "{AAPL: " + TwelveDataQuote + ", NOTREAL: " + TwelveDataError + ", meta: {symbol: text, interval: text, exchange: text}}}"
    )]
    [InlineData(Stocks + "/AAPL?apiKey=sim-key", "{status: text, request_id: text, ticker: " + MassiveTicker + "}")]
    [InlineData(
        Stocks + "?tickers=AAPL,MSFT&apiKey=sim-key",
        "{status: text, request_id: text, tickers: [" + MassiveTicker + "], count: number}"
    )]
    [InlineData(Stocks + "?tickers=NOTREAL&apiKey=sim-key", "{status: text, request_id: text, tickers: [], count: number}")]
    [InlineData(
        "/massive/v2/snapshot/locale/global/markets/forex/tickers/C:EURUSD?apiKey=sim-key",
        "{status: text, request_id: text, ticker: " + MassivePair + "}"
    )]
    [InlineData("/massive/v2/aggs/ticker/AAPL/prev?apiKey=sim-key", MassivePrevious)]
    [InlineData("/massive/v2/aggs/ticker/C:EURUSD/prev?apiKey=sim-key", MassivePrevious)]
    [InlineData(
        "/massive/v2/last/trade/AAPL?apiKey=sim-key",
        "{status: text, request_id: text, results: {T: text, i: text, p: number, s: number, t: number, y: number, x: number, z: number}}"
    )]
    [InlineData(
        "/massive/v2/last/nbbo/AAPL?apiKey=sim-key",
        "{status: text, request_id: text, results: {T: text, p: number, s: number, P: number, S: number, t: number}}"
    )]
    [InlineData("/alpaca/v2/stocks/snapshots?symbols=AAPL", "{AAPL: {" + AlpacaSnapshot + "}")]
    [InlineData("/alpaca/v2/stocks/AAPL/snapshot", "{symbol: text, " + AlpacaSnapshot)]
    [InlineData("/alpaca/v2/stocks/trades/latest?symbols=AAPL,MSFT", "{trades: {AAPL: " + AlpacaTrade + ", MSFT: " + AlpacaTrade + "}}")]
    [InlineData("/alpaca/v2/stocks/quotes/latest?symbols=AAPL", "{quotes: {AAPL: " + AlpacaQuote + "}}")]
    [InlineData("/eodhd/api/real-time/AAPL.US?api_token=sim-key&fmt=json", EodhdQuote)]
    [InlineData("/eodhd/api/real-time/EURUSD.FOREX?api_token=sim-key&fmt=json", EodhdQuote)]
    [InlineData("/eodhd/api/real-time/NOTREAL.US?api_token=sim-key&fmt=json", EodhdUnknown)]
    [InlineData("/eodhd/api/real-time/AAPL.US?s=NOTREAL.US&api_token=sim-key&fmt=json", "[" + EodhdQuote + ", " + EodhdUnknown + "]")]
    public async Task An_answer_has_the_documented_fields_with_their_types(string path, string shape)
    {
        var server = await simulator.RestoreAsync();

        var answer = await server.GetAsync(path, ("APCA-API-KEY-ID", "sim-key"), ("APCA-API-SECRET-KEY", "sim-secret"));

        Assert.Equal(shape, JsonShape.Of(answer.Json));
    }

    [Theory]
    [InlineData("/finnhub/api/v1/quote?token=sim-key", 400, """{"error":"Wrong parameters: symbol"}""")]
    [InlineData("/finnhub/api/v1/forex/rates?token=sim-key", 400, """{"error":"Wrong parameters: symbol"}""")]
    [InlineData("/alpha-vantage/query?function=GLOBAL_QUOTES&symbol=AAPL&apikey=sim-key", 200, "Error Message")]
    [InlineData("/alpha-vantage/query?symbol=AAPL&apikey=sim-key", 200, "Error Message")]
    [InlineData("/twelve-data/quote?apikey=sim-key", 400, "\"status\":\"error\"")]
    [InlineData("/alpaca/v2/stocks/snapshots", 400, """{"message":"code=400, message=symbols is required"}""")]
    [InlineData("/alpaca/v2/stocks/trades/latest", 400, """{"message":"code=400, message=symbols is required"}""")]
    public async Task A_call_without_a_required_parameter_is_a_bad_request_in_the_vendors_form(string path, int status, string holds)
    {
        var server = await simulator.RestoreAsync();

        var answer = await server.GetAsync(path, ("APCA-API-KEY-ID", "sim-key"), ("APCA-API-SECRET-KEY", "sim-secret"));

        Assert.Equal((status, "application/json"), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
        Assert.Equal("bad-request", (await server.CallsAsync()).GetProperty("calls")[0].GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("/finnhub/api/v1/quotes?symbol=AAPL")]
    [InlineData("/finnhub/quote?symbol=AAPL")]
    [InlineData("/alpha-vantage/api/query?function=GLOBAL_QUOTE&symbol=AAPL")]
    [InlineData("/twelve-data/price?symbol=AAPL")]
    [InlineData("/massive/v2/aggs/ticker/prev")]
    [InlineData("/massive/v2/aggs/ticker//prev")]
    [InlineData(Stocks + "/")]
    [InlineData(Stocks + "/AAPL/more")]
    [InlineData("/massive/v2/last/trade/")]
    [InlineData("/alpaca/v1/stocks/snapshots?symbols=AAPL")]
    [InlineData("/alpaca/v2/stocks/bars/latest?symbols=AAPL")]
    [InlineData("/eodhd/api/real-time/")]
    [InlineData("/eodhd/api/real-time/AAPL.US/more")]
    [InlineData("/eodhd/api/eod/AAPL.US")]
    [InlineData("/finnhub")]
    public async Task A_path_that_the_vendor_does_not_have_is_a_404_in_plain_text_and_costs_nothing(string path)
    {
        var server = await simulator.RestoreAsync();

        var answer = await server.GetAsync(path);

        Assert.Equal((404, "text/plain", "404 page not found\n"), (answer.Status, answer.ContentType, answer.Body));
        var call = (await server.CallsAsync()).GetProperty("calls")[0];
        Assert.Equal("not-found", call.GetProperty("outcome").GetString());
        Assert.Equal(path.Split('/')[1], call.GetProperty("provider").GetString());
    }
}
