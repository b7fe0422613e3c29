using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

public sealed class MergeRecordTests
{
    private static readonly Symbol Itv = Symbol.Parse("ITV:XLON");

    [Fact]
    public void Every_merge_can_be_done_again_from_its_record_and_its_result_after_both_were_json() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(
                Scenario.Arbitrarily(Scenario.AnyVenue),
                scenario =>
                {
                    var merged = scenario.Merge();
                    var record = MergeRecord.Of(merged, scenario.Reference, scenario.Outcomes, Quotes.Now, scenario.Options);
                    var (storedRecord, storedQuote) = (
                        Again(record, MarketDataJson.Default.MergeRecord),
                        Again(merged, MarketDataJson.Default.ConsolidatedQuote)
                    );
                    return Json(storedRecord.Repeat(storedQuote)) == Json(merged);
                }
            )
        );

    [Fact]
    public void Inputs_are_the_quotes_as_they_were_before_the_merge_changed_them()
    {
        var pence = Quotes.Live(68.9m) with { Currency = null, RawUnit = null, Suspect = ProviderQuote.UnitUnknown };
        var pounds = Quotes.Live(0.689m) with { Currency = CurrencyCode.Parse("GBP"), RawUnit = "GBP" };
        FetchOutcome[] outcomes = [Quotes.Ok(ProviderId.Finnhub, pence), Quotes.Ok(ProviderId.Eodhd, pounds)];

        var merged = QuoteMerger.Merge(Itv, new ReferenceData(), outcomes, Quotes.Now);
        var record = MergeRecord.Of(merged, new ReferenceData(), outcomes, Quotes.Now, null);

        Assert.Equal(0.689m, merged.Providers[0].Quote!.Price);
        Assert.Equal([new StoredQuote(ProviderId.Finnhub, pence)], record.Changed);
        Assert.Equal([pence, pounds], record.InputsOf(merged).Select(input => input.Quote));
    }

    [Fact]
    public void A_quote_that_stood_in_is_recorded_as_it_was_stored()
    {
        var stored = new StoredQuote(ProviderId.Finnhub, Quotes.Live(187m));
        var reference = Quotes.Reference with { LastKnown = [stored] };
        FetchOutcome[] outcomes = [Quotes.Failed(ProviderId.Finnhub), Quotes.Ok(ProviderId.Eodhd, Quotes.Delayed(187.1m))];

        var merged = QuoteMerger.Merge(Quotes.Aapl, reference, outcomes, Quotes.Now);
        var record = MergeRecord.Of(merged, reference, outcomes, Quotes.Now, null);

        Assert.True(merged.Providers[0] is { FromStore: true, Quote.Stale: true });
        Assert.Equal([stored], record.Changed);
        Assert.Equal(Json(merged), Json(record.Repeat(merged)));
    }

    [Fact]
    public void Other_inputs_do_not_give_the_same_quote()
    {
        FetchOutcome[] outcomes = Quotes.From(Quotes.Live(187m), Quotes.Live(187.1m), Quotes.Live(187.2m));
        var merged = QuoteMerger.Merge(Quotes.Aapl, Quotes.Reference, outcomes, Quotes.Now);
        var record = MergeRecord.Of(merged, Quotes.Reference, outcomes, Quotes.Now, null);

        Assert.NotEqual(Json(merged), Json((record with { Options = new MergeOptions { OutlierFloorBps = 1 } }).Repeat(merged)));
        Assert.NotEqual(Json(merged), Json((record with { Instrument = null }).Repeat(merged)));
    }

    /// <summary>
    /// A failure means that the same inputs give another quote than before: raise <see cref="MergeRules.Version"/>, and write the new hash
    /// beside it.
    /// </summary>
    [Fact]
    public void The_same_inputs_give_the_same_quotes_as_long_as_the_version_of_the_rules_is_the_same()
    {
        var text = new StringBuilder();
        foreach (var (symbol, reference, outcomes) in Recorded())
        {
            text.Append(Json(QuoteMerger.Merge(symbol, reference, outcomes, Quotes.Now))).Append('\n');
        }

        Assert.Equal(
            "4 5d7159ba5823c8ed",
            $"{MergeRules.Version} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8))}"
        );
    }

    private static IEnumerable<(Symbol Symbol, ReferenceData Reference, FetchOutcome[] Outcomes)> Recorded()
    {
        var stored = Quotes.Reference with
        {
            LastKnown =
            [
                new StoredQuote(ProviderId.Finnhub, Quotes.Live(186m)),
                new StoredQuote(ProviderId.Massive, Quotes.EndOfDay(185m)),
            ],
        };
        var whole = Quotes.Live(187.2m) with
        {
            Bid = 187.1m,
            Ask = 187.3m,
            Open = 185.9m,
            High = 188m,
            Low = 185m,
            PreviousClose = 185.64m,
            Volume = 1_000,
        };
        yield return (
            Quotes.Aapl,
            Quotes.Reference,
            Quotes.From(whole, Quotes.Live(187.21m), Quotes.Live(187.21m), Quotes.Live(187.22m), Quotes.Delayed(187.2m))
        );
        yield return (Quotes.Aapl, Quotes.Reference, Quotes.From(whole, Quotes.Live(187.21m), Quotes.Live(195m), Quotes.Live(187.22m)));
        yield return (Quotes.Aapl, Quotes.Reference, Quotes.From(Quotes.Live(187.2m), Quotes.Live(195m)));
        yield return (Quotes.Aapl, Quotes.Reference, Quotes.From(Quotes.Live(187.2m), Quotes.Live(18_720m), Quotes.Live(187.3m)));
        yield return (
            Quotes.Aapl,
            stored,
            [Quotes.Failed(ProviderId.Finnhub), Quotes.Failed(ProviderId.Massive), Quotes.Ok(ProviderId.Eodhd, Quotes.Delayed(187m))]
        );
        yield return (Quotes.Aapl, stored, [Quotes.Failed(ProviderId.Finnhub), Quotes.Failed(ProviderId.Massive)]);
        yield return (
            Itv,
            new ReferenceData(),
            [
                Quotes.Ok(
                    ProviderId.Finnhub,
                    Quotes.Live(68.9m) with
                    {
                        Currency = null,
                        RawUnit = null,
                        Suspect = ProviderQuote.UnitUnknown,
                    }
                ),
                Quotes.Ok(ProviderId.Eodhd, Quotes.Live(0.689m) with { Currency = CurrencyCode.Parse("GBP"), RawUnit = "GBP" }),
            ]
        );
        yield return (Quotes.Aapl, new ReferenceData(), [Quotes.Failed(ProviderId.Finnhub, FetchStatus.UnknownSymbol)]);
        yield return (
            Quotes.Aapl,
            Quotes.Reference,
            Quotes.From(
                Quotes.EndOfDay(187.2m) with
                {
                    Session = SessionKind.Regular,
                },
                Quotes.Live(187.2m) with
                {
                    Session = SessionKind.Closed,
                },
                Quotes.Live(187.21m) with
                {
                    Session = SessionKind.Closed,
                }
            )
        );
        yield return (
            Quotes.Aapl,
            Quotes.Reference,
            Quotes.From(
                Quotes.EndOfDay(185m) with
                {
                    Session = SessionKind.Regular,
                },
                Quotes.Live(187.2m) with
                {
                    Session = SessionKind.Pre,
                },
                Quotes.Delayed(187.1m) with
                {
                    Session = SessionKind.Closed,
                },
                Quotes.Live(187.21m) with
                {
                    Session = SessionKind.Pre,
                }
            )
        );
    }

    private static T Again<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> contract) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(value, contract), contract)!; // A record is not null.

    private static string Json(ConsolidatedQuote quote) => JsonSerializer.Serialize(quote, MarketDataJson.Default.ConsolidatedQuote);
}
