using System.Net;
using Quorum.MarketData;
using static Quorum.MarketData.ProviderId;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>The inputs, by kind.</summary>
internal static class OutsideTable
{
    /// <summary>The prices of a quote that nothing is wrong with.</summary>
    private const decimal Apple = 209.66m;

    public static IReadOnlyList<OutsideCase> All { get; } =
    [
        .. UnknownUnits(),
        .. Spellings(),
        .. SlowAgainstFresh(),
        .. Contradictions(),
        .. UnitFactors(),
        .. Splits(),
        .. Listings(),
        .. Times(),
        .. Intermediaries(),
        .. Venues(),
        .. Noise(),
        .. Books(),
    ];

    private static IEnumerable<OutsideCase> UnknownUnits()
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

    private static IEnumerable<OutsideCase> Spellings()
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

    private static IEnumerable<OutsideCase> SlowAgainstFresh()
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

    private static IEnumerable<OutsideCase> Contradictions()
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

    private static IEnumerable<OutsideCase> UnitFactors()
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

    private static IEnumerable<OutsideCase> Splits()
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

    private static IEnumerable<OutsideCase> Listings()
    {
        foreach (
            var (name, asked, provider, quote) in new (string, string, ProviderId, VendorQuote)[]
            {
                ("Lima", "AAPL", TwelveData, new(255m) { Exchange = "BVL", Mic = "XLIM" }),
                ("London by its name", "AAPL", TwelveData, new(255m) { Exchange = "LSE", Mic = null }),
                (
                    "Mexico",
                    "AAPL",
                    TwelveData,
                    new(255m)
                    {
                        Exchange = "BMV",
                        Mic = "XMEX",
                        Currency = "MXN",
                    }
                ),
                ("a code of another market", "AAPL", Eodhd, new(255m) { Symbol = "AAPL.LSE" }),
                ("another symbol", "AAPL", AlphaVantage, new(255m) { Symbol = "APLE" }),
                ("the symbol in another case", "AAPL", Massive, new(255m) { Symbol = "AaPL" }),
                ("another symbol as the key", "AAPL", Alpaca, new(255m) { Symbol = "MSFT" }),
            }
        )
        {
            yield return new("listing: " + name, asked)
            {
                Replies = All6(Apple, (provider, quote)),
                Price = Apple,
                Outcomes = new Dictionary<ProviderId, string> { [provider] = "malformed-response" },
            };
        }

        yield return new("listing: another venue of the United States", "AAPL")
        {
            Replies = All6(Apple, (TwelveData, new VendorQuote(Apple) { Exchange = "NYSE", Mic = "XNYS" })),
            Price = Apple,
            Outcomes = Ok(TwelveData),
            MinConfidence = 0.9,
        };
        yield return new("listing: the ADR instead of the London line", "VOD:XLON")
        {
            Replies = Says((Finnhub, new VendorQuote(75.63m)), (TwelveData, new VendorQuote(9.71m))),
            Price = 0.7563m,
            Outcomes = new Dictionary<ProviderId, string> { [TwelveData] = "malformed-response" },
        };
        yield return new("listing: Frankfurt instead of Xetra", "SAP:XETR")
        {
            Replies = Says(
                (Finnhub, new VendorQuote(189.88m)),
                (
                    TwelveData,
                    new VendorQuote(191m)
                    {
                        Currency = "EUR",
                        Exchange = "FSX",
                        Mic = "XFRA",
                    }
                )
            ),
            Price = 189.88m,
            Outcomes = new Dictionary<ProviderId, string> { [TwelveData] = "malformed-response" },
        };
    }

    private static IEnumerable<OutsideCase> Times()
    {
        var moment = new DateTimeOffset(2026, 11, 25, 14, 59, 0, TimeSpan.Zero);
        var asOf = new Dictionary<string, string?> { ["asOf"] = "2026-11-25T14:59:00Z" };
        foreach (
            var (name, provider, time) in new (string, ProviderId, long)[]
            {
                ("milliseconds for nanoseconds", Massive, moment.ToUnixTimeMilliseconds()),
                ("milliseconds for seconds", Finnhub, moment.ToUnixTimeMilliseconds()),
                ("microseconds for seconds", TwelveData, moment.ToUnixTimeMilliseconds() * 1_000),
                ("nanoseconds for seconds", Eodhd, moment.ToUnixTimeMilliseconds() * 1_000_000),
            }
        )
        {
            yield return new("time: " + name, "AAPL")
            {
                Replies = Says((provider, new VendorQuote(Apple) { Time = time })),
                Price = Apple,
                Fields = asOf,
            };
        }

        yield return new("time: five seconds after 1970 began", "AAPL")
        {
            Replies = Says((Finnhub, new VendorQuote(Apple) { Time = 5 })),
            Price = Apple,
            Fields = new Dictionary<string, string?> { ["asOf"] = null },
        };
        yield return new("time: milliseconds without a trade", "AAPL")
        {
            Replies = Says((Massive, new VendorQuote(Apple) { Time = moment.ToUnixTimeMilliseconds(), HasTrade = false })),
            Price = Apple,
            Fields = asOf,
        };
    }

    private static IEnumerable<OutsideCase> Intermediaries()
    {
        foreach (var status in new[] { 401, 403, 407 })
        {
            yield return new($"intermediary: a page with {status} from all six", "AAPL")
            {
                Replies = ProviderId.All.ToDictionary(provider => provider, _ => Reply.Page(status)),
                Status = HttpStatusCode.ServiceUnavailable,
                Outcomes = ProviderId.All.ToDictionary(provider => provider, _ => "unreachable"),
            };
        }

        yield return new("intermediary: a page with 403 from one", "AAPL")
        {
            Replies = new Dictionary<ProviderId, Reply>(All6(Apple)) { [Eodhd] = Reply.Page(403) },
            Price = Apple,
            Outcomes = new Dictionary<ProviderId, string> { [Eodhd] = "unreachable" },
        };
    }

    private static IEnumerable<OutsideCase> Venues()
    {
        foreach (
            var (asked, right) in new[]
            {
                ("AAPL:XXXX", "XXXX"),
                ("NASDAQ:MSFT", "MSFT"),
                ("LON:VOD", "VOD:XLON"),
                ("VOD:LSE", "VOD:XLON"),
                ("AAPL:ZZZZ", "ZZZZ"),
                ("US0378331006", "ISIN"),
            }
        )
        {
            yield return new("venue: " + asked, asked)
            {
                Replies = All6(Apple),
                Status = HttpStatusCode.BadRequest,
                Says = [right],
            };
        }
    }

    private static IEnumerable<OutsideCase> Noise()
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

    private static IEnumerable<OutsideCase> Books()
    {
        yield return new("book: crossed", "AAPL")
        {
            Replies = Says((Massive, new VendorQuote(Apple) { Bid = 209.7m, Ask = 209.6m })),
            Price = Apple,
            Fields = new Dictionary<string, string?> { ["bid"] = null, ["ask"] = null },
        };
        yield return new("book: stubs", "AAPL")
        {
            Replies = Says((Massive, new VendorQuote(Apple) { Bid = 1m, Ask = 400m })),
            Price = Apple,
            Fields = new Dictionary<string, string?> { ["bid"] = null, ["ask"] = null },
        };
        yield return new("book: two vendors' sides that would cross are not mixed", "AAPL")
        {
            Replies = Says(
                (Massive, new VendorQuote(209.9m) { Bid = 209.89m, Ask = 209.91m }),
                (Alpaca, new VendorQuote(209.5m) { Bid = 209.49m, Ask = 209.51m })
            ),
            Price = 209.7m,
            Fields = new Dictionary<string, string?> { ["bid"] = "209.89", ["ask"] = "209.91" },
        };
    }

    /// <summary>Six providers that agree, but for one.</summary>
    private static Dictionary<ProviderId, Reply> All6(decimal price, params (ProviderId Provider, VendorQuote Quote)[] others)
    {
        var replies = ProviderId.All.ToDictionary(provider => provider, _ => (Reply)new VendorQuote(price));
        foreach (var (provider, quote) in others)
        {
            replies[provider] = quote;
        }

        return replies;
    }

    /// <summary>Four providers of which only Twelve Data names the unit.</summary>
    private static Dictionary<ProviderId, Reply> London(decimal price, string currency) =>
        Says(
            (Finnhub, new VendorQuote(price)),
            (AlphaVantage, new VendorQuote(price)),
            (Eodhd, new VendorQuote(price)),
            (
                TwelveData,
                new VendorQuote(price)
                {
                    Currency = currency,
                    Mic = "XLON",
                    Exchange = "LSE",
                }
            )
        );

    private static Dictionary<ProviderId, Reply> Says(params (ProviderId Provider, VendorQuote Quote)[] quotes) =>
        quotes.ToDictionary(said => said.Provider, said => (Reply)said.Quote);

    private static Dictionary<ProviderId, string> Ok(params ProviderId[] providers) =>
        providers.ToDictionary(provider => provider, _ => "ok");

    private static Dictionary<ProviderId, string> Suspect(string reason, params ProviderId[] providers) =>
        providers.ToDictionary(provider => provider, _ => reason);

    private static long At(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
