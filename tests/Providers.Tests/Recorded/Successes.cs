using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>One good answer of each provider, in the form that it documents, about the same moment: AAPL at 214.29.</summary>
internal static class Successes
{
    private static readonly Dictionary<ProviderId, string> Answers = new()
    {
        [ProviderId.Finnhub] = """
            {"c":214.29,"d":-1.71,"dp":-0.7917,"h":216.45,"l":213.6,"o":215.8,"pc":216,"t":1750267930}
            """,
        [ProviderId.AlphaVantage] = """
            {"Global Quote":{"01. symbol":"AAPL","02. open":"215.8000","03. high":"216.4500","04. low":"213.6000",
            "05. price":"214.2900","06. volume":"38765012","07. latest trading day":"2025-06-18",
            "08. previous close":"216.0000","09. change":"-1.7100","10. change percent":"-0.7917%"}}
            """,
        [ProviderId.TwelveData] = """
            {"symbol":"AAPL","exchange":"NASDAQ","mic_code":"XNGS","currency":"USD","datetime":"2025-06-18",
            "timestamp":1750253400,"last_quote_at":1750267860,"open":"215.80000","high":"216.45000","low":"213.60001",
            "close":"214.29","volume":"38765012","previous_close":"216.00000","change":"-1.71001",
            "percent_change":"-0.79167","is_market_open":true}
            """,
        [ProviderId.Massive] = """
            {"status":"OK","request_id":"1f2e","ticker":{"ticker":"AAPL","todaysChange":-1.71,"todaysChangePerc":-0.7917,
            "updated":1750267930482913771,"day":{"o":215.8,"h":216.45,"l":213.6,"c":214.31,"v":38765012},"min":{"c":214.31,
            "t":1750267860000},"prevDay":{"c":216},"lastTrade":{"p":214.29,"t":1750267930482913771},"lastQuote":{"P":214.3,
            "p":214.28}}}
            """,
        [ProviderId.Alpaca] = """
            {"AAPL":{"latestTrade":{"t":"2025-06-18T17:32:10.482913771Z","p":214.29},"latestQuote":{"ap":214.3,"bp":214.28},
            "dailyBar":{"t":"2025-06-18T04:00:00Z","o":215.8,"h":216.45,"l":213.6,"c":214.31,"v":812345},
            "prevDailyBar":{"t":"2025-06-17T04:00:00Z","c":216}}}
            """,
        [ProviderId.Eodhd] = """
            {"code":"AAPL.US","timestamp":1750266900,"gmtoffset":0,"open":215.8,"high":216.45,"low":213.6,"close":214.29,
            "volume":37310212,"previousClose":216,"change":-1.65,"change_p":-0.7639}
            """,
    };

    public static string Of(ProviderId provider) => Answers[provider];

    public static TheoryData<string> Providers => [.. ProviderId.All.Select(provider => provider.ToString())];

    public static ProviderId Parse(string provider) =>
        ProviderId.TryParse(provider, out var id) ? id : throw new ArgumentException(provider, nameof(provider));
}
