using System.Globalization;
using System.Text.Json;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>A quote as a vendor's own wire form says it.</summary>
/// <param name="Price">As sent: no unit is added or taken away.</param>
internal sealed record VendorQuote(decimal Price)
{
    public decimal? PreviousClose { get; init; }

    public decimal? Bid { get; init; }

    public decimal? Ask { get; init; }

    /// <summary>The time of the last trade, as the number that is sent where the vendor sends one; <see langword="null"/>: two seconds
    /// before the moment of the test.</summary>
    public long? Time { get; init; }

    /// <summary>The names that Twelve Data adds.</summary>
    public string? Currency { get; init; } = "USD";

    public string? Mic { get; init; } = "XNGS";

    public string? Exchange { get; init; } = "NASDAQ";

    /// <summary>The symbol in the answer; <see langword="null"/>: the one that was asked for.</summary>
    public string? Symbol { get; init; }

    /// <summary>False: Massive's plan has no trades and quotes, so that its price is a minute old and counts as delayed.</summary>
    public bool HasTrade { get; init; } = true;

    /// <summary>The answer of a provider that was asked for a symbol in its own spelling.</summary>
    public string WireOf(ProviderId provider, string asked, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds() - 2;
        var symbol = Symbol ?? asked;
        if (provider == ProviderId.Finnhub)
        {
            return Json(
                new
                {
                    c = Price,
                    pc = PreviousClose,
                    t = Time ?? seconds,
                }
            );
        }

        if (provider == ProviderId.AlphaVantage)
        {
            return Json(
                new Dictionary<string, object>
                {
                    ["Global Quote"] = new Dictionary<string, string?>
                    {
                        ["01. symbol"] = symbol,
                        ["05. price"] = Text(Price),
                        ["07. latest trading day"] = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        ["08. previous close"] = Text(PreviousClose),
                    },
                }
            );
        }

        if (provider == ProviderId.TwelveData)
        {
            return Json(
                new
                {
                    symbol = Symbol ?? asked.Split(':')[0],
                    exchange = Exchange,
                    mic_code = Mic,
                    currency = Currency,
                    last_quote_at = Time ?? seconds,
                    close = Text(Price),
                    previous_close = Text(PreviousClose),
                    is_market_open = true,
                }
            );
        }

        if (provider == ProviderId.Massive)
        {
            var time = Time ?? seconds * 1_000_000_000;
            return Json(
                new
                {
                    status = "OK",
                    ticker = new
                    {
                        ticker = symbol,
                        updated = time,
                        min = new { c = Price },
                        prevDay = new { c = PreviousClose },
                        lastTrade = HasTrade ? new { p = Price, t = time } : null,
                        lastQuote = HasTrade ? new Dictionary<string, decimal?> { ["p"] = Bid, ["P"] = Ask } : null,
                    },
                }
            );
        }

        if (provider == ProviderId.Alpaca)
        {
            return Json(
                new Dictionary<string, object>
                {
                    [symbol] = new
                    {
                        latestTrade = new { t = now.AddSeconds(-2), p = Price },
                        latestQuote = new { bp = Bid, ap = Ask },
                        dailyBar = new { t = new DateTimeOffset(now.Date.AddHours(5), TimeSpan.Zero) },
                        prevDailyBar = new { c = PreviousClose },
                    },
                }
            );
        }

        return Json(
            new
            {
                code = symbol,
                timestamp = Time ?? seconds - 900,
                close = Price,
                previousClose = PreviousClose,
            }
        );
    }

    private static string Json(object answer) => JsonSerializer.Serialize(answer, answer.GetType());

    private static string? Text(decimal? value) => value?.ToString(CultureInfo.InvariantCulture);
}
