using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>Properties of confidence that hold for every input: 2,000 panels each, 100,000 with QUORUM_LONG_TESTS=1.</summary>
public sealed class ConfidenceProperties
{
    private static readonly int Panels = Environment.GetEnvironmentVariable("QUORUM_LONG_TESTS") is { Length: > 0 } ? 100_000 : 2_000;

    [Fact]
    public void Moving_a_quote_away_from_the_price_never_raises_confidence() =>
        Holds(
            from scenario in Scenario.OfEqualTrust
            from index in Gen.Choose(0, ProviderId.All.Count - 1)
            from target in Scenario.Price
            from bps in Gen.Elements(1, 5, 20, 50, 100, 1_000, 10_000, 1_000_000)
            from byTarget in Gen.Elements(true, false)
            select (scenario, index, away: byTarget ? target : (decimal?)null, bps),
            drawn =>
            {
                var before = new JudgedPanel(drawn.scenario);
                if (
                    before.Merged.Price is not { } price
                    || before.Merged.Providers.Count <= drawn.index
                    || before.Merged.Providers[drawn.index] is not { Quote: { Price: > 1e-20m and < 1e20m and var own } quote } moved
                    || before.GivesThePriceAlone(moved.Id)
                    || (before.PriceIsRounded && Math.Abs(own - price) <= before.HalfTick)
                ) // away from the price before it was rounded may be towards it now
                {
                    return true;
                }

                var step = 1 + (drawn.bps / 10_000m);
                var to = drawn.away ?? (own >= price ? own * step : own / step);
                if (
                    own > price ? to <= own
                    : own < price ? to >= own
                    : false
                )
                {
                    return true; // not away
                }

                var after = new JudgedPanel(before.Replace(moved.Id, quote with { Price = to, RawPrice = to }));
                return !before.HasTheSameMembersAs(after) || after.Merged.Quality.Confidence <= before.Merged.Quality.Confidence;
            }
        );

    [Fact]
    public void Removing_a_provider_that_agrees_never_raises_confidence() =>
        Holds(
            from scenario in Scenario.OfEqualTrust
            from index in Gen.Choose(0, ProviderId.All.Count - 1)
            select (scenario, index),
            drawn =>
            {
                var before = new JudgedPanel(drawn.scenario);
                if (
                    before.Merged.Price is not { } price
                    || before.Merged.Providers.Count <= drawn.index
                    || !before.Usable.Contains(before.Merged.Providers[drawn.index])
                )
                {
                    return true;
                }

                var removed = before.Merged.Providers[drawn.index];
                var own = removed.Quote!.Price!.Value;
                var agrees = Math.Abs(own - price) + before.HalfTick <= Math.Min(own, price) * before.Tolerance;
                if (!agrees || before.GivesThePriceAlone(removed.Id))
                {
                    return true;
                }

                var after = new JudgedPanel(before.Replace(removed.Id, null));
                return !before.HasTheSameMembersAs(after, except: removed.Id)
                    || after.Merged.Quality.Confidence <= before.Merged.Quality.Confidence;
            }
        );

    [Fact]
    public void Fewer_than_two_agreeing_fresh_quotes_never_exceed_six_tenths() =>
        Holds(
            Scenario.AnyVenue,
            scenario =>
            {
                var panel = new JudgedPanel(scenario);
                return panel.Merged.Quality.Confidence <= 0.6 || panel.HasTwoAgreeingFresh;
            }
        );

    [Fact]
    public void Suspect_quotes_never_raise_confidence() =>
        Holds(
            from scenario in Scenario.AnyVenue
            from provider in Gen.Elements<ProviderId>(ProviderId.All)
            from quote in Scenario.UsableQuote
            select (
                without: scenario with
                {
                    Outcomes = [.. scenario.Outcomes.Where(other => other.Provider != provider)],
                },
                provider,
                quote
            ),
            drawn =>
            {
                var with = drawn.without with
                {
                    Outcomes =
                    [
                        .. drawn.without.Outcomes,
                        Quotes.Ok(drawn.provider, drawn.quote with { Suspect = "Its volume is negative." }),
                    ],
                };
                return with.Merge().Quality.Confidence <= drawn.without.Merge().Quality.Confidence;
            }
        );

    [Fact]
    public void Confidence_lies_between_0_and_1() =>
        Holds(Scenario.AnyVenue, scenario => scenario.Merge().Quality.Confidence is >= 0 and <= 1);

    [Fact]
    public void Confidence_never_grows_as_the_same_quotes_drift_apart() =>
        Holds(
            from deviations in Gen.Choose(-150, 150).NonEmptyListOf()
            from factor in Gen.Choose(1, 5)
            select (deviations: deviations.Take(ProviderId.All.Count).ToArray(), factor),
            drawn => ConfidenceOf(drawn.deviations, drawn.factor) <= ConfidenceOf(drawn.deviations, 1)
        );

    /// <summary>Real-time quotes at the given distances from 100, in basis points, spread by a factor.</summary>
    private static double ConfidenceOf(int[] deviations, int factor) =>
        Quotes.Merge([.. deviations.Select(bps => Quotes.Live(100 + (bps * factor / 100m)))]).Quality.Confidence;

    private static void Holds<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(Scenario.Arbitrarily(generator), property).Check(Config.QuickThrowOnFailure.WithMaxTest(Panels));
}
