using System.Net;
using static Quorum.Functions.Tests.EndToEnd.Outside.OutsideAnswers;
using static Quorum.MarketData.ProviderId;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>Prices of unknown unit, in spellings of units, and wrong by the factor of a unit.</summary>
internal static class OutsideUnits
{
    public static IEnumerable<OutsideCase> UnknownUnits()
    {
        yield return new("unit: pence that one provider names", "ITV:XLON")
        {
            Replies = London(68.9m, "GBp"),
            Price = 0.689m,
            Currency = "GBP",
            MinConfidence = 0.6,
            Outcomes = Ok(Finnhub, AlphaVantage, TwelveData, Eodhd),
        };
        yield return new("unit: pence as GBX", "ITV:XLON")
        {
            Replies = London(68.9m, "GBX"),
            Price = 0.689m,
            Currency = "GBP",
        };
        yield return new("unit: pounds that one provider names", "ITV:XLON")
        {
            Replies = London(68.9m, "GBP"),
            Price = 68.9m,
            Currency = "GBP",
        };
        yield return new("unit: dollars at London", "PHGP:XLON")
        {
            Replies = London(251.4m, "USD"),
            Price = 251.4m,
            Currency = "USD",
        };
        yield return new("unit: no provider names it", "ITV:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(68.9m)), (AlphaVantage, new VendorQuote(68.9m)), (Eodhd, new VendorQuote(68.9m))),
            Status = HttpStatusCode.ServiceUnavailable,
            Says = ["unit-unknown"],
        };
        yield return new("unit: a currency in words", "ITV:XLON")
        {
            Replies = London(68.9m, "British Pound"),
            Status = HttpStatusCode.ServiceUnavailable,
            Says = ["unit-unknown"],
        };
        yield return new("unit: others are in another one than the named one", "ITV:XLON")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(0.689m)),
                (TwelveData, London(68.9m, "GBp")[TwelveData].Quote!),
                (Eodhd, new VendorQuote(68.9m))
            ),
            Price = 0.689m,
            Currency = "GBP",
        };
        yield return new("unit: far from the one that names it", "ITV:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(120m)), (TwelveData, London(68.9m, "GBp")[TwelveData].Quote!)),
            Price = 0.689m,
            Currency = "GBP",
            MaxConfidence = 0.5,
            Suspects = Suspect("unit-unknown", Finnhub),
        };
        yield return new("unit: cents at Johannesburg", "ABG:XJSE")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(16_500m)),
                (
                    TwelveData,
                    new VendorQuote(16_500m)
                    {
                        Currency = "ZAc",
                        Mic = "XJSE",
                        Exchange = "JSE",
                    }
                ),
                (Eodhd, new VendorQuote(16_500m))
            ),
            Price = 165m,
            Currency = "ZAR",
        };
        yield return new("unit: agorot at Tel Aviv", "TEVA:XTAE")
        {
            Replies = Says(
                (
                    TwelveData,
                    new VendorQuote(6_120m)
                    {
                        Currency = "ILA",
                        Mic = "XTAE",
                        Exchange = "TASE",
                    }
                ),
                (Eodhd, new VendorQuote(6_120m))
            ),
            Price = 61.2m,
            Currency = "ILS",
        };
        yield return new("unit: dollars in lower case", "AAPL")
        {
            Replies = All6(Apple, (TwelveData, new VendorQuote(Apple) { Currency = "usd" })),
            Price = Apple,
            Currency = "USD",
            MinConfidence = 0.9,
        };
        yield return new("unit: no such currency", "AAPL")
        {
            Replies = All6(Apple, (TwelveData, new VendorQuote(255m) { Currency = "EUX" })),
            Price = Apple,
            Currency = "USD",
            Suspects = Suspect("unit-unknown", TwelveData),
        };
        yield return new("unit: the main one at a venue that has no other", "BMW:XETR")
        {
            Replies = Says((Finnhub, new VendorQuote(81.2m)), (Eodhd, new VendorQuote(81.2m))),
            Price = 81.2m,
            Currency = "EUR",
        };
    }

    public static IEnumerable<OutsideCase> Spellings()
    {
        foreach (
            var (asked, symbol, sent, price, currency) in new (string, string, decimal, decimal, string)[]
            {
                ("VOD.L", "VOD:XLON", 75.63m, 0.7563m, "GBP"),
                ("VOD.LON", "VOD:XLON", 75.63m, 0.7563m, "GBP"),
                ("VOD.LSE", "VOD:XLON", 75.63m, 0.7563m, "GBP"),
                ("VOD LN", "VOD:XLON", 75.63m, 0.7563m, "GBP"),
                ("SAP.DE", "SAP:XETR", 189.88m, 189.88m, "EUR"),
                ("SAP.XETRA", "SAP:XETR", 189.88m, 189.88m, "EUR"),
                ("SAP GY", "SAP:XETR", 189.88m, 189.88m, "EUR"),
                ("7203.T", "7203:XTKS", 2_875m, 2_875m, "JPY"),
                ("AIR.PA", "AIR:XPAR", 201.5m, 201.5m, "EUR"),
                ("0700.HK", "0700:XHKG", 512.5m, 512.5m, "HKD"),
                ("NESN.SW", "NESN:XSWX", 79.86m, 79.86m, "CHF"),
                ("RY.TO", "RY:XTSE", 198.4m, 198.4m, "CAD"),
                ("AAPL.US", "AAPL", 209.66m, 209.66m, "USD"),
                ("BRK-B", "BRK.B", 505.1m, 505.1m, "USD"),
                ("BAC-PL", "BAC.PRL", 1_231.5m, 1_231.5m, "USD"),
                ("BACpL", "BAC.PRL", 1_231.5m, 1_231.5m, "USD"),
                ("TpC", "T.PRC", 21.4m, 21.4m, "USD"),
                ("BAC.PRL", "BAC.PRL", 1_231.5m, 1_231.5m, "USD"),
                ("US0378331005", "AAPL", 209.66m, 209.66m, "USD"),
                ("us0378331005", "AAPL", 209.66m, 209.66m, "USD"),
                ("GB00BH4HKS39", "VOD:XLON", 75.63m, 0.7563m, "GBP"),
            }
        )
        {
            yield return new("spelling: " + asked, asked)
            {
                Replies = Says((Finnhub, new VendorQuote(sent))),
                Symbol = symbol,
                Price = price,
                Currency = currency,
                MaxConfidence = 0.6,
            };
        }
    }

    public static IEnumerable<OutsideCase> UnitFactors()
    {
        yield return new("factor: pounds from a provider that the reference data say gives pence", "VOD:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(75.63m)), (Eodhd, new VendorQuote(0.7563m))),
            Price = 0.7563m,
            Currency = "GBP",
            MaxConfidence = 0.6,
            Suspects = Suspect("unit-factor", Eodhd),
            Warnings = ["unit-factor"],
        };
        yield return new("factor: hundredths of pence", "VOD:XLON")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(75.63m)),
                (TwelveData, London(75.63m, "GBp")[TwelveData].Quote!),
                (Eodhd, new VendorQuote(7_563m))
            ),
            Price = 0.7563m,
            Suspects = Suspect("unit-factor", Eodhd),
        };
        yield return new("factor: a provider that names pounds", "VOD:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(75.63m)), (TwelveData, London(0.7563m, "GBP")[TwelveData].Quote!)),
            Price = 0.7563m,
            Currency = "GBP",
            MinConfidence = 0.6,
        };
        yield return new("factor: one fresh one, two slower ones that agree", "VOD:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(0.7563m)), (AlphaVantage, new VendorQuote(75.63m)), (Eodhd, new VendorQuote(75.63m))),
            Price = 0.7563m,
            MaxConfidence = 0.6,
            Suspects = Suspect("unit-factor", Finnhub),
        };
        yield return new("factor: thousands", "AAPL")
        {
            Replies = All6(Apple, (Alpaca, new VendorQuote(Apple * 1_000))),
            Price = Apple,
            Suspects = Suspect("unit-factor", Alpaca),
            Warnings = ["unit-factor"],
        };
        yield return new("factor: cents", "AAPL")
        {
            Replies = All6(Apple, (Massive, new VendorQuote(20_966m))),
            Price = Apple,
            Suspects = Suspect("unit-factor", Massive),
        };
    }
}
