using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>What holds for every input of the merge.</summary>
public sealed class MergeProperties
{
    [Fact]
    public void The_order_of_arrival_never_matters() => Holds(
        from scenario in Scenario.Any
        from outcomes in Gen.Shuffle(scenario.Outcomes.ToArray())
        from stored in Gen.Shuffle(scenario.Reference.LastKnown.ToArray())
        select (scenario, shuffled: scenario with { Outcomes = outcomes, Reference = scenario.Reference with { LastKnown = stored } }),
        pair => Json(pair.scenario.Merge()) == Json(pair.shuffled.Merge()));

    [Fact]
    public void The_price_lies_between_the_lowest_and_the_highest_usable_price() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            var usable = UsablePrices(merged, merged.Providers);
            return usable.Length == 0 ? merged.Price is null : merged.Price >= usable.Min() && merged.Price <= usable.Max();
        });

    [Fact]
    public void One_arbitrarily_wrong_provider_among_four_or_more_never_moves_the_price_outside_the_range_of_the_others() => Holds(
        from scenario in Scenario.WithFourOrMoreUsable
        from wrong in Scenario.Quote
        from absurd in Gen.Elements<decimal?>(null, 0.01m, 1e9m)
        select (scenario, wrong: wrong with { Price = absurd ?? wrong.Price }),
        pair =>
        {
            var liar = pair.scenario.Outcomes[0].Provider;
            var merged = (pair.scenario with { Outcomes = [Quotes.Ok(liar, pair.wrong), .. pair.scenario.Outcomes.Skip(1)] }).Merge();
            var others = UsablePrices(merged, merged.Providers.Where(result => result.Id != liar));
            return merged.Price >= others.Min() && merged.Price <= others.Max();
        });

    [Fact]
    public void Merging_what_was_already_merged_changes_nothing() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            var again = scenario with { Outcomes = [.. merged.Providers.Select(ToOutcome)] };
            var withoutStore = again with { Reference = again.Reference with { LastKnown = [] } };
            return Json(merged) == Json(again.Merge()) && Json(merged) == Json(withoutStore.Merge());
        });

    [Fact]
    public void Quotes_that_all_say_the_same_give_that_quote() => Holds(
        from price in Scenario.Price
        from previousClose in Scenario.Price
        from scenario in Scenario.WithFourOrMoreUsable
        select (price, previousClose, scenario),
        drawn =>
        {
            var same = drawn.scenario with
            {
                Reference = drawn.scenario.Reference with { LastKnown = [] },
                Outcomes = [.. drawn.scenario.Outcomes.Select(outcome => Quotes.Ok(
                    outcome.Provider, Quotes.Live(drawn.price) with { PreviousClose = drawn.previousClose, High = drawn.price, Low = drawn.price }))],
            };
            var merged = same.Merge();
            return merged.Price == drawn.price && merged.PreviousClose == drawn.previousClose && merged.High == drawn.price && merged.Low == drawn.price
                && merged.Quality is { SpreadBps: 0, Outliers.Count: 0, Repaired.Count: 0 } && merged.Completeness == Completeness.Complete;
        });

    [Fact]
    public void One_more_provider_never_lowers_the_number_of_those_used() => Holds(
        from scenario in Scenario.Any
        from newcomer in Gen.Elements<ProviderId>(ProviderId.All)
        from outcome in Scenario.OutcomeOf(newcomer)
        select (without: scenario with { Outcomes = [.. scenario.Outcomes.Where(other => other.Provider != newcomer)] }, outcome),
        pair =>
        {
            var with = pair.without with { Outcomes = [.. pair.without.Outcomes, pair.outcome] };
            return with.Merge().Quality.ProvidersUsed >= pair.without.Merge().Quality.ProvidersUsed;
        });

    [Fact]
    public void Low_never_lies_above_price_or_open_nor_high_below_nor_bid_above_ask() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            return !(merged.Low > merged.Price || merged.Low > merged.Open || merged.High < merged.Price || merged.High < merged.Open
                || merged.Low > merged.High || merged.Bid > merged.Ask);
        });

    [Fact]
    public void Nothing_is_repaired_where_every_quote_is_in_order() => Holds(
        Scenario.Any,
        scenario =>
        {
            var inOrder = scenario with
            {
                Reference = scenario.Reference with { LastKnown = [] },
                Outcomes = [.. scenario.Outcomes.Select(outcome => outcome with
                {
                    Quote = outcome.Quote is not { Price: < 1e20m and > 1e-20m } quote ? null : quote with
                    {
                        Bid = quote.Price * 0.999m, Ask = quote.Price * 1.001m, Open = quote.Price, Low = quote.Price * 0.99m, High = quote.Price * 1.01m,
                        TradingDate = Utc.Day("2025-06-18"), SingleVenue = false,
                    },
                })],
            };
            return inOrder.Merge().Quality.Repaired.Count == 0;
        });

    [Fact]
    public void With_two_or_more_real_time_quotes_the_price_lies_among_them() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            var live = merged.Providers
                .Where(result => IsUsable(merged, result) && !merged.Quality.Outliers.Contains(result.Id)
                    && result.Quote is { Stale: false, Freshness: QuoteFreshness.RealTime })
                .Select(result => result.Quote!.Price).ToArray();
            return live.Length < 2 || (merged.Price >= live.Min() && merged.Price <= live.Max());
        });

    [Fact]
    public void At_most_one_quote_is_set_aside_and_three_remain() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            var usable = UsablePrices(merged, merged.Providers).Length;
            return merged.Quality.ProvidersUsed + merged.Quality.Outliers.Count == usable
                && merged.Quality.Outliers.Count <= (usable > 3 ? 1 : 0);
        });

    [Fact]
    public void Every_value_says_where_it_came_from_and_nothing_else_does() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = scenario.Merge();
            (string Name, bool Present)[] fields =
            [
                ("price", merged.Price is not null), ("asOf", merged.AsOf is not null), ("bid", merged.Bid is not null), ("ask", merged.Ask is not null),
                ("open", merged.Open is not null), ("high", merged.High is not null), ("low", merged.Low is not null),
                ("previousClose", merged.PreviousClose is not null), ("volume", merged.Volume is not null), ("change", merged.Change is not null),
                ("changePercent", merged.ChangePercent is not null),
            ];
            return fields.Where(field => field.Present).Select(field => field.Name).ToHashSet(StringComparer.Ordinal).SetEquals(merged.Provenance.Keys)
                && merged.Provenance.Values.All(provenance => provenance.From.Count > 0);
        });

    [Fact]
    public void Confidence_lies_between_0_and_1() =>
        Holds(Scenario.Any, scenario => scenario.Merge().Quality.Confidence is >= 0 and <= 1);

    [Fact]
    public void Confidence_never_grows_as_the_same_quotes_drift_apart() => Holds(
        from deviations in Gen.Choose(-150, 150).NonEmptyListOf()
        from factor in Gen.Choose(1, 5)
        select (deviations: deviations.Take(ProviderId.All.Count).ToArray(), factor),
        drawn => ConfidenceOf(drawn.deviations, drawn.factor) <= ConfidenceOf(drawn.deviations, 1));

    [Fact]
    public void A_merged_quote_and_its_input_survive_json() => Holds(
        Scenario.Any,
        scenario =>
        {
            var merged = Json(scenario.Merge());
            var back = JsonSerializer.Deserialize(merged, MarketDataJson.Default.ConsolidatedQuote)!;
            return Json(back) == merged && scenario.Outcomes.All(outcome => outcome == JsonSerializer.Deserialize(
                JsonSerializer.Serialize(outcome, MarketDataJson.Default.FetchOutcome), MarketDataJson.Default.FetchOutcome));
        });

    /// <summary>Real-time quotes at the given distances from 100, in basis points, spread by a factor.</summary>
    private static double ConfidenceOf(int[] deviations, int factor) =>
        Quotes.Merge([.. deviations.Select(bps => Quotes.Live(100 + (bps * factor / 100m)))]).Quality.Confidence;

    private static void Holds<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(Scenario.Arbitrarily(generator), property).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static FetchOutcome ToOutcome(ProviderResult result) => new()
    {
        Provider = result.Id, Status = result.Outcome, Quote = result.Quote, RetryAfterSeconds = result.RetryAfterSeconds,
        LatencyMs = result.LatencyMs, Attempts = result.Attempts, Detail = result.Detail,
    };

    private static decimal[] UsablePrices(ConsolidatedQuote merged, IEnumerable<ProviderResult> results) =>
        [.. results.Where(result => IsUsable(merged, result)).Select(result => result.Quote!.Price!.Value)];

    private static bool IsUsable(ConsolidatedQuote merged, ProviderResult result) =>
        result.Quote is { Price: > 0, Suspect: null } quote && (quote.Currency is null || merged.Currency is null || quote.Currency == merged.Currency);

    private static string Json(ConsolidatedQuote quote) => JsonSerializer.Serialize(quote, MarketDataJson.Default.ConsolidatedQuote);
}
