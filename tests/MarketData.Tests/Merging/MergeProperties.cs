using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>Properties that hold for every input of the merge: 2,000 panels each, 100,000 with QUORUM_LONG_TESTS=1.</summary>
public sealed class MergeProperties
{
    private static readonly int Panels = Environment.GetEnvironmentVariable("QUORUM_LONG_TESTS") is { Length: > 0 } ? 100_000 : 2_000;

    [Fact]
    public void The_order_of_arrival_never_matters() =>
        Holds(
            from scenario in Scenario.AnyVenue
            from outcomes in Gen.Shuffle(scenario.Outcomes.ToArray())
            from stored in Gen.Shuffle(scenario.Reference.LastKnown.ToArray())
            select (scenario, shuffled: scenario with { Outcomes = outcomes, Reference = scenario.Reference with { LastKnown = stored } }),
            pair => Json(pair.scenario.Merge()) == Json(pair.shuffled.Merge())
        );

    [Fact]
    public void The_price_lies_between_the_lowest_and_the_highest_usable_price_up_to_half_a_tick() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var panel = new JudgedPanel(scenario);
                var usable = JudgedPanel.PricesOf(panel.Usable);
                return usable.Length == 0
                    ? panel.Merged.Price is null
                    : panel.Merged.Price >= usable.Min() - panel.HalfTick && panel.Merged.Price - panel.HalfTick <= usable.Max();
            }
        );

    [Fact]
    public void One_arbitrarily_wrong_provider_among_four_or_more_fresh_ones_never_moves_the_price_outside_the_range_of_the_others() =>
        Holds(
            from scenario in Scenario.WithFourOrMoreFresh
            from wrong in Scenario.FreshQuote
            from absurd in Gen.Elements<decimal?>(null, 0.01m, 1e9m)
            select (scenario, wrong: wrong with { Price = absurd ?? wrong.Price }),
            pair =>
            {
                var liar = pair.scenario.Outcomes[0].Provider;
                var panel = new JudgedPanel(
                    pair.scenario with
                    {
                        Outcomes = [Quotes.Ok(liar, pair.wrong), .. pair.scenario.Outcomes.Skip(1)],
                    }
                );
                var others = JudgedPanel.PricesOf(panel.Fresh.Where(result => result.Id != liar));
                return panel.Merged.Price >= others.Min() - panel.HalfTick && panel.Merged.Price - panel.HalfTick <= others.Max();
            }
        );

    [Fact]
    public void Merging_what_was_already_merged_changes_nothing() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var merged = scenario.Merge();
                var again = scenario with { Outcomes = [.. merged.Providers.Select(ToOutcome)] };
                var withoutStore = again with { Reference = again.Reference with { LastKnown = [] } };
                return Json(merged) == Json(again.Merge()) && Json(merged) == Json(withoutStore.Merge());
            }
        );

    [Fact]
    public void A_consolidated_price_is_one_that_a_provider_gave_or_lies_between_two_that_agree() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var panel = new JudgedPanel(scenario);
                var merged = panel.Merged;
                return panel.IsGiven(merged.Price, quote => quote.Price)
                    && panel.IsGiven(merged.Open, quote => quote.Open)
                    && panel.IsGiven(merged.High, quote => quote.High, quote => quote.Price, quote => quote.Open)
                    && panel.IsGiven(merged.Low, quote => quote.Low, quote => quote.Price, quote => quote.Open)
                    && panel.IsGiven(merged.PreviousClose, quote => quote.PreviousClose)
                    && panel.IsGiven(merged.Bid, quote => quote.Bid)
                    && panel.IsGiven(merged.Ask, quote => quote.Ask);
            }
        );

    [Fact]
    public void A_quote_of_unknown_unit_has_no_currency_and_no_effect_on_the_price() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var merged = scenario.Merge();
                var unknown = merged.Providers.Where(result => result.Quote?.Suspect is ProviderQuote.UnitUnknown).ToArray();
                var without = scenario with
                {
                    Outcomes = [.. scenario.Outcomes.Where(outcome => unknown.All(result => result.Id != outcome.Provider))],
                };
                return unknown.All(result =>
                        result.Quote is { Currency: null, RawUnit: null, Price: var price, RawPrice: var raw } && price == raw
                    )
                    && without.Merge().Price == merged.Price
                    && merged.Quality.Warnings.Contains(QuoteWarnings.UnitUnknown) == unknown.Length > 0;
            }
        );

    [Fact]
    public void Quotes_that_all_say_the_same_give_that_quote() =>
        Holds(
            from cents in Gen.Choose(100, 100_000)
            from previousCents in Gen.Choose(100, 100_000)
            from scenario in Scenario.WithFourOrMoreFresh
            select (price: cents / 100m, previousClose: previousCents / 100m, scenario),
            drawn =>
            {
                var same = drawn.scenario with
                {
                    Reference = drawn.scenario.Reference with { LastKnown = [] },
                    Outcomes =
                    [
                        .. drawn.scenario.Outcomes.Select(outcome =>
                            Quotes.Ok(
                                outcome.Provider,
                                Quotes.Live(drawn.price) with
                                {
                                    PreviousClose = drawn.previousClose,
                                    High = drawn.price,
                                    Low = drawn.price,
                                }
                            )
                        ),
                    ],
                };
                var merged = same.Merge();
                return merged.Price == drawn.price
                    && merged.PreviousClose == drawn.previousClose
                    && merged.High == drawn.price
                    && merged.Low == drawn.price
                    && merged.Quality is { SpreadBps: 0, Outliers.Count: 0, Repaired.Count: 0 }
                    && merged.Completeness == Completeness.Complete;
            }
        );

    [Fact]
    public void Low_never_lies_above_price_or_open_nor_high_below_nor_bid_above_ask() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var merged = scenario.Merge();
                return !(
                    merged.Low > merged.Price
                    || merged.Low > merged.Open
                    || merged.High < merged.Price
                    || merged.High < merged.Open
                    || merged.Low > merged.High
                    || merged.Bid > merged.Ask
                );
            }
        );

    [Fact]
    public void Bid_and_ask_are_those_of_one_vendor_and_at_most_a_fifth_from_the_price() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var panel = new JudgedPanel(scenario);
                var merged = panel.Merged;
                return merged.Bid is null == merged.Ask is null
                    && (
                        merged.Bid is null
                        || (
                            merged.Provenance["bid"].From.Single() == merged.Provenance["ask"].From.Single()
                            && Math.Abs(merged.Bid.Value - merged.Price!.Value) <= (merged.Price * 0.2m) + panel.HalfTick
                            && Math.Abs(merged.Ask!.Value - merged.Price.Value) <= (merged.Price * 0.2m) + panel.HalfTick
                        )
                    );
            }
        );

    [Fact]
    public void Every_value_says_where_it_came_from_and_nothing_else_does() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var merged = scenario.Merge();
                (string Name, bool Present)[] fields =
                [
                    ("price", merged.Price is not null),
                    ("asOf", merged.AsOf is not null),
                    ("bid", merged.Bid is not null),
                    ("ask", merged.Ask is not null),
                    ("open", merged.Open is not null),
                    ("high", merged.High is not null),
                    ("low", merged.Low is not null),
                    ("previousClose", merged.PreviousClose is not null),
                    ("volume", merged.Volume is not null),
                    ("change", merged.Change is not null),
                    ("changePercent", merged.ChangePercent is not null),
                ];
                return fields
                        .Where(field => field.Present)
                        .Select(field => field.Name)
                        .ToHashSet(StringComparer.Ordinal)
                        .SetEquals(merged.Provenance.Keys) && merged.Provenance.Values.All(provenance => provenance.From.Count > 0);
            }
        );

    [Fact]
    public void A_merged_quote_and_its_input_survive_json() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var merged = Json(scenario.Merge());
                var back = JsonSerializer.Deserialize(merged, MarketDataJson.Default.ConsolidatedQuote)!;
                return Json(back) == merged
                    && scenario.Outcomes.All(outcome =>
                        outcome
                        == JsonSerializer.Deserialize(
                            JsonSerializer.Serialize(outcome, MarketDataJson.Default.FetchOutcome),
                            MarketDataJson.Default.FetchOutcome
                        )
                    );
            }
        );

    private static void Holds<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(Scenario.Arbitrarily(generator), property).Check(Config.QuickThrowOnFailure.WithMaxTest(Panels));

    private static FetchOutcome ToOutcome(ProviderResult result) =>
        new()
        {
            Provider = result.Id,
            Status = result.Outcome,
            Quote = result.Quote,
            RetryAfterSeconds = result.RetryAfterSeconds,
            LatencyMs = result.LatencyMs,
            Attempts = result.Attempts,
            Detail = result.Detail,
        };

    private static string Json(ConsolidatedQuote quote) => JsonSerializer.Serialize(quote, MarketDataJson.Default.ConsolidatedQuote);
}
