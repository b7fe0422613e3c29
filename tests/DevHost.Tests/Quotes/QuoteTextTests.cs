using System.Text;
using Quorum.DevHost.Quotes;

namespace Quorum.DevHost.Tests.Quotes;

public sealed class QuoteTextTests
{
    private const string Whole = """
        {
          "symbol": "AAPL", "name": "Apple Inc.", "venue": "XNAS", "currency": "USD", "price": 187.21, "completeness": "partial",
          "change": 1.5, "changePercent": 0.81, "asOf": "2026-11-20T20:59:58Z", "session": "regular",
          "quality": {
            "confidence": 0.955, "providersAsked": 6, "providersUsed": 3, "spreadBps": 1.2,
            "outliers": ["eodhd"], "warnings": ["contradicted", "simulated"]
          },
          "providers": [
            { "id": "finnhub", "outcome": "ok", "fromStore": false, "latencyMs": 41.6, "quote": { "price": 187.21, "currency": "USD", "freshness": "real-time" } },
            { "id": "alpha-vantage", "outcome": "timed-out", "fromStore": true, "latencyMs": 800, "quote": { "price": 187.1, "currency": "USD", "freshness": "stale" } },
            { "id": "eodhd", "outcome": "ok", "fromStore": false, "latencyMs": 12, "quote": { "price": 195, "currency": "USD", "freshness": "delayed" } },
            { "id": "massive", "outcome": "ok", "fromStore": false, "latencyMs": 9, "quote": { "rawPrice": 18721, "currency": null, "suspect": "other-currency" } },
            { "id": "alpaca", "outcome": "rate-limited", "fromStore": false, "latencyMs": 3, "quote": null }
          ],
          "timing": { "elapsedMs": 120.5 }
        }
        """;

    [Fact]
    public void Quote_is_a_few_lines_with_the_price_first_and_one_for_each_provider() =>
        Assert.Equal(
            """
            AAPL   Apple Inc.   XNAS
            187.21 USD   +1.5 (+0.81 %)   confidence 0.955 (several providers agree)   partial
            as of 2026-11-20T20:59:58Z   session regular   3 of 6 providers used   spread 1.2 bps
              finnhub                187.21 USD   real-time, 42 ms
              alpha-vantage           187.1 USD   timed-out, stored earlier, stale, 800 ms
              eodhd                     195 USD   delayed, outlier, 12 ms
              massive                 18721 ?     left out: other-currency, 9 ms
              alpaca                      -       rate-limited
            warnings: contradicted, simulated
            answered in 120.5 ms; --json prints everything

            """.ReplaceLineEndings("\n"),
            Of(Whole)
        );

    [Theory]
    [InlineData("0.955", "several providers agree")] // bounds as in the console
    [InlineData("0.85", "several providers agree")]
    [InlineData("0.75", "few providers, or they differ a little")]
    [InlineData("0.7", "few providers, or they differ a little")]
    [InlineData("0.6", "one provider, or providers that differ")]
    [InlineData("0.5", "one provider, or providers that differ")]
    [InlineData("0.499", "do not rely on it")]
    [InlineData("0", "do not rely on it")]
    public void Confidence_is_put_into_words(string confidence, string words) =>
        Assert.Contains(
            $"confidence {confidence} ({words})",
            Of(Whole.Replace("0.955", confidence, StringComparison.Ordinal)),
            StringComparison.Ordinal
        );

    [Fact]
    public void Fall_has_its_own_sign() =>
        Assert.Contains(
            "   -1.5 (-0.81 %)   ",
            Of(Whole.Replace("1.5, \"changePercent\": 0.81", "-1.5, \"changePercent\": -0.81", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );

    [Fact]
    public void Quote_without_a_price_says_so_and_leaves_out_what_is_unknown()
    {
        var text = Of(
            """
            {
              "symbol": "NEW", "name": null, "currency": null, "price": null, "completeness": "stale", "asOf": null, "conversion": null,
              "quality": { "confidence": 0, "providersAsked": 2, "providersUsed": 0, "outliers": [], "warnings": [] },
              "providers": [], "timing": { "elapsedMs": 5 }
            }
            """
        );

        Assert.Equal(
            "NEW\nno price    confidence 0 (do not rely on it)   stale\nas of an unknown time   0 of 2 providers used\n"
                + "answered in 5 ms; --json prints everything\n",
            text
        );
    }

    private static string Of(string json) => QuoteText.Of(Encoding.UTF8.GetBytes(json));
}
