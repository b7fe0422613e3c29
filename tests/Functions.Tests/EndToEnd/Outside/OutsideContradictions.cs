using static Quorum.Functions.Tests.EndToEnd.Outside.OutsideAnswers;
using static Quorum.MarketData.ProviderId;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>Quotes that contradict each other: slow and fresh ones, wrong prices, splits, noise.</summary>
internal static class OutsideContradictions
{
    public static IEnumerable<OutsideCase> SlowAgainstFresh()
    {
        yield return new("slow: three slower quotes against a real-time one", "AMD")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(23m)),
                (AlphaVantage, new VendorQuote(10m)),
                (Eodhd, new VendorQuote(10m)),
                (Massive, new VendorQuote(10m) { HasTrade = false })
            ),
            Price = 23m,
            MaxConfidence = 0.5,
            Warnings = ["uncorroborated"],
        };
        yield return new("slow: three slower quotes against two real-time ones", "AMD")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(23m)),
                (TwelveData, new VendorQuote(23m)),
                (AlphaVantage, new VendorQuote(10m)),
                (Eodhd, new VendorQuote(10m)),
                (Massive, new VendorQuote(10m) { HasTrade = false })
            ),
            Price = 23m,
            MinConfidence = 0.6,
        };
        yield return new("slow: a day's move", "AMD")
        {
            Replies = Says((Finnhub, new VendorQuote(23m)), (AlphaVantage, new VendorQuote(22.1m)), (Eodhd, new VendorQuote(22.6m))),
            Price = 23m,
            MaxConfidence = 0.6,
        };
        yield return new("slow: slower ones agree", "AMD")
        {
            Replies = Says((Finnhub, new VendorQuote(23m)), (AlphaVantage, new VendorQuote(23.01m)), (Eodhd, new VendorQuote(23m))),
            Price = 23m,
            MaxConfidence = 0.6,
            MinConfidence = 0.5,
        };
        yield return new("slow: a trade of last week in a real-time field", "AMD")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(10m) { Time = At(new(2026, 11, 18, 15, 0, 0, TimeSpan.Zero)) }),
                (TwelveData, new VendorQuote(23m)),
                (Alpaca, new VendorQuote(23m))
            ),
            Price = 23m,
            MinConfidence = 0.6,
        };
    }

    public static IEnumerable<OutsideCase> Contradictions()
    {
        yield return new("contradiction: one doubles what all said a second ago", "AAPL")
        {
            Before = All6(Apple),
            Replies = Says((Massive, new VendorQuote(2 * Apple))),
            Price = 2 * Apple,
            MaxConfidence = 0.5,
        };
        yield return new("contradiction: two that do not agree, the newer one last", "AAPL")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(210m) { Time = At(new(2026, 11, 25, 14, 58, 0, TimeSpan.Zero)) }),
                (Alpaca, new VendorQuote(250m))
            ),
            Price = 250m,
            MaxConfidence = 0.5,
            Warnings = ["contradicted"],
            Outliers = ["finnhub"],
        };
        yield return new("contradiction: two that do not agree, the newer one first", "AAPL")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(210m)),
                (TwelveData, new VendorQuote(250m) { Time = At(new(2026, 11, 25, 14, 58, 0, TimeSpan.Zero)) })
            ),
            Price = 210m,
            MaxConfidence = 0.5,
            Warnings = ["contradicted"],
            Outliers = ["twelve-data"],
        };
        yield return new("contradiction: two against two", "AAPL")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(210m)),
                (TwelveData, new VendorQuote(210m)),
                (Massive, new VendorQuote(263m)),
                (Alpaca, new VendorQuote(263m))
            ),
            Price = 210m,
            MaxConfidence = 0.5,
            Warnings = ["contradicted"],
            Outliers = ["massive", "alpaca"],
        };
        yield return new("contradiction: one of three", "AAPL")
        {
            Replies = Says((Finnhub, new VendorQuote(210m)), (TwelveData, new VendorQuote(210m)), (Alpaca, new VendorQuote(271m))),
            Price = 210m,
            MaxConfidence = 0.6,
            Outliers = ["alpaca"],
        };
        yield return new("contradiction: an absurd one of four", "AAPL")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(210m)),
                (TwelveData, new VendorQuote(210m)),
                (Massive, new VendorQuote(987_654m)),
                (Alpaca, new VendorQuote(210m))
            ),
            Price = 210m,
            Outliers = ["massive"],
        };
        yield return new("contradiction: a tiny one of four", "AAPL")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(210m)),
                (TwelveData, new VendorQuote(210m)),
                (Massive, new VendorQuote(210m)),
                (Alpaca, new VendorQuote(0.0123m))
            ),
            Price = 210m,
            Outliers = ["alpaca"],
        };
    }

    public static IEnumerable<OutsideCase> Splits()
    {
        yield return new("split: a close before it and one after it", "NVDA")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(121m) { PreviousClose = 120.8m }),
                (Massive, new VendorQuote(121m) { PreviousClose = 1_208m })
            ),
            Price = 121m,
            Fields = new Dictionary<string, string?> { ["previousClose"] = "120.8", ["change"] = "0.2" },
            Warnings = ["possible-split"],
        };
        yield return new("split: most have the close before it", "NVDA")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(121m) { PreviousClose = 120.8m }),
                (Massive, new VendorQuote(121m) { PreviousClose = 1_208m }),
                (Alpaca, new VendorQuote(121m) { PreviousClose = 1_208m })
            ),
            Price = 121m,
            Fields = new Dictionary<string, string?> { ["previousClose"] = "120.8" },
            Warnings = ["possible-split"],
        };
        yield return new("split: a reverse one", "NVDA")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(121m) { PreviousClose = 120.8m }),
                (Massive, new VendorQuote(121m) { PreviousClose = 12.08m })
            ),
            Price = 121m,
            Fields = new Dictionary<string, string?> { ["previousClose"] = "120.8" },
            Warnings = ["possible-split"],
        };
        yield return new("split: three for two", "NVDA")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(121m) { PreviousClose = 120.8m }),
                (Massive, new VendorQuote(121m) { PreviousClose = 181.2m })
            ),
            Price = 121m,
            Fields = new Dictionary<string, string?> { ["previousClose"] = "120.8" },
            Warnings = ["possible-split"],
        };
        yield return new("split: a price before it", "NVDA")
        {
            Replies = Says((Finnhub, new VendorQuote(121m)), (TwelveData, new VendorQuote(121m)), (Massive, new VendorQuote(1_210m))),
            Price = 121m,
            Outliers = ["massive"],
            Warnings = ["possible-split"],
        };
    }

    public static IEnumerable<OutsideCase> Noise()
    {
        yield return new("noise: of a binary fraction", "AAPL")
        {
            Replies = Says((TwelveData, new VendorQuote(209.64999m)), (Alpaca, new VendorQuote(209.65m))),
            Price = 209.65m,
        };
        yield return new("noise: from one provider alone", "AAPL")
        {
            Replies = Says((Finnhub, new VendorQuote(19.2068994m))),
            Price = 19.21m,
        };
        yield return new("noise: below a dollar four places are prices", "AAPL")
        {
            Replies = Says((Finnhub, new VendorQuote(0.45678912m))),
            Price = 0.4568m,
        };
        yield return new("noise: a midpoint between two ticks", "AAPL")
        {
            Replies = Says((Finnhub, new VendorQuote(209.65m)), (Alpaca, new VendorQuote(209.66m))),
            Price = 209.66m,
        };
    }
}
