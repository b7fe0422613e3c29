using System.Net;
using Quorum.MarketData;
using static Quorum.Functions.Tests.EndToEnd.Outside.OutsideAnswers;
using static Quorum.MarketData.ProviderId;

namespace Quorum.Functions.Tests.EndToEnd.Outside;

/// <summary>Listings, venues, times, order books, and the answers of intermediaries.</summary>
internal static class OutsideListings
{
    public static IEnumerable<OutsideCase> Listings()
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

    public static IEnumerable<OutsideCase> Times()
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

    public static IEnumerable<OutsideCase> Intermediaries()
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

    public static IEnumerable<OutsideCase> Venues()
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

    public static IEnumerable<OutsideCase> Books()
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
}
