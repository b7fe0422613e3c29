using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>Properties of a quorum that hold for every input: 2,000 panels each, 100,000 with QUORUM_LONG_TESTS=1.</summary>
public sealed class AgreementProperties
{
    private static readonly int Panels = Environment.GetEnvironmentVariable("QUORUM_LONG_TESTS") is { Length: > 0 } ? 100_000 : 2_000;

    /// <summary>Mostly close to each other, so that quorums form; and whatever else a scenario has.</summary>
    private static Gen<ProviderQuote> LikelyQuote { get; } =
        Gen.Frequency(
            (
                9,
                from cents in Gen.Choose(-30, 30)
                from quote in Scenario.FreshQuote
                select quote with
                {
                    Price = 100 + (cents / 100m),
                    RawPrice = 100 + (cents / 100m),
                }
            ),
            (1, Scenario.Quote),
            (1, Scenario.FreshQuote)
        );

    /// <summary>Some providers have answered, the others are pending.</summary>
    private static Gen<Scenario> Heard { get; } =
        from scenario in Scenario.AnyVenue
        from heard in Gen.Choose(1, ProviderId.All.Count)
        from providers in Gen.Shuffle(ProviderId.All.ToArray())
        from quotes in LikelyQuote.ListOf(heard)
        from failures in Gen.Choose(0, 1)
        from tolerance in Gen.Elements(0m, 1m, 10m, 50m, 200m, 1e9m)
        select scenario with
        {
            Options = scenario.Options with { AgreementToleranceBps = tolerance },
            Outcomes =
            [
                .. quotes.Select((quote, i) => Quotes.Ok(providers[i], quote)),
                .. providers.Skip(heard).Select((provider, i) => i < failures ? Quotes.Failed(provider) : Pending(provider)),
            ],
        };

    [Fact]
    public void If_every_later_quote_lies_within_the_tolerance_of_the_price_so_does_the_complete_price() =>
        Holds(
            from scenario in Heard.Where(HasNoUnknownUnit)
            from later in (
                from quote in Scenario.UsableQuote
                from thousandths in Gen.Choose(-1000, 1000)
                select (quote, thousandths)
            ).ListOf(ProviderId.All.Count)
            select (scenario, later),
            drawn =>
            {
                if (CountIn(drawn.scenario) == 0)
                {
                    return true;
                }

                var early = drawn.scenario.Merge().Price!.Value;
                var tolerance = ToleranceOf(drawn.scenario);
                var complete = drawn.scenario with
                {
                    Outcomes =
                    [
                        .. drawn.scenario.Outcomes.Zip(
                            drawn.later,
                            (outcome, later) =>
                                outcome.Status is not FetchStatus.Pending
                                    ? outcome
                                    : Quotes.Ok(
                                        outcome.Provider,
                                        later.quote with
                                        {
                                            Price = early * (1 + (tolerance * later.thousandths / 1000)),
                                        }
                                    )
                        ),
                    ],
                };
                var tick = 2 * new JudgedPanel(complete).HalfTick; // either price is rounded
                return Math.Abs(complete.Merge().Price!.Value - early) <= (early * tolerance) + tick;
            }
        );

    [Fact]
    public void A_liar_never_forms_a_quorum_without_another_that_agrees_with_it() =>
        Holds(
            from scenario in Heard
            from liar in Gen.Choose(0, ProviderId.All.Count - 1)
            from lie in Scenario.FreshQuote
            select (scenario, liar, lie),
            drawn =>
            {
                var liar = drawn.scenario.Outcomes[drawn.liar].Provider;
                var scenario = drawn.scenario with
                {
                    Outcomes =
                    [
                        .. drawn.scenario.Outcomes.Select(outcome => outcome.Provider == liar ? Quotes.Ok(liar, drawn.lie) : outcome),
                    ],
                };
                if (CountIn(scenario) == 0)
                {
                    return true;
                }

                var panel = new JudgedPanel(scenario);
                var price = panel.Merged.Price!.Value;
                return JudgedPanel
                    .PricesOf(panel.Fresh.Where(result => result.Id != liar))
                    .Any(own => Math.Abs(own - price) <= (Math.Min(own, price) * ToleranceOf(scenario)) + panel.HalfTick);
            }
        );

    [Fact]
    public void A_quorum_is_of_fresh_quotes_that_span_at_most_the_tolerance_of_the_lowest() =>
        Holds(
            Heard,
            scenario =>
            {
                var fresh = JudgedPanel.PricesOf(new JudgedPanel(scenario).Fresh);
                var largest = fresh
                    .Select(low => fresh.Count(own => own >= low && own - low <= low * ToleranceOf(scenario)))
                    .DefaultIfEmpty()
                    .Max();
                return CountIn(scenario) is var count && count != 1 && count <= largest;
            }
        );

    [Fact]
    public void With_fewer_providers_left_than_are_needed_there_is_no_quorum() =>
        Holds(
            Heard,
            scenario => CountIn(scenario) <= scenario.Outcomes.Count(outcome => outcome is { Status: FetchStatus.Ok, Quote.Price: > 0 })
        );

    [Fact]
    public void A_quorum_is_possible_before_it_is_one() =>
        Holds(
            from scenario in Heard
            from slower in (
                from provider in Gen.Elements(ProviderId.All.ToArray())
                from freshness in Gen.Elements(QuoteFreshness.Delayed, QuoteFreshness.EndOfDay, QuoteFreshness.Unknown)
                select new ProviderFreshness(provider, freshness)
            ).ListOf()
            from isDelayed in Gen.Elements(false, true)
            select (scenario: isDelayed ? Delayed(scenario) : scenario, slower: slower.DistinctBy(own => own.Provider).ToArray()),
            drawn =>
            {
                var (scenario, slower) = drawn;
                var answers = scenario.Outcomes.Where(outcome => outcome.Status is not FetchStatus.Pending).ToArray();
                var count = Agreement.Count(scenario.Symbol, scenario.Reference, scenario.Outcomes, slower, Quotes.Now, scenario.Options);
                return Enumerable.Range(1, count).All(agree => Agreement.IsPossible(agree, scenario.Outcomes.Count, answers, slower));
            }
        );

    [Fact]
    public void No_fresh_quote_contradicts_a_quorum() =>
        Holds(Heard, scenario => CountIn(scenario) == 0 || scenario.Merge().Quality.Outliers.Count == 0);

    [Fact]
    public void The_order_of_arrival_never_matters() =>
        Holds(
            from scenario in Heard
            from outcomes in Gen.Shuffle(scenario.Outcomes.ToArray())
            select (scenario, shuffled: scenario with { Outcomes = outcomes }),
            pair => CountIn(pair.scenario) == CountIn(pair.shuffled)
        );

    [Fact]
    public void Quotes_that_all_say_the_same_agree() =>
        Holds(
            from scenario in Heard
            from cents in Gen.Choose(100, 100_000)
            select (scenario, price: cents / 100m),
            drawn =>
            {
                var same = drawn.scenario with
                {
                    Reference = Quotes.Reference,
                    Symbol = Quotes.Aapl,
                    Outcomes =
                    [
                        .. drawn.scenario.Outcomes.Select(outcome =>
                            outcome.Quote is null ? outcome : Quotes.Ok(outcome.Provider, Quotes.Live(drawn.price))
                        ),
                    ],
                };
                var heard = same.Outcomes.Count(outcome => outcome.Quote is not null);
                return CountIn(same) == (heard < Agreement.MinProviders ? 0 : heard);
            }
        );

    private static FetchOutcome Pending(ProviderId provider) => new() { Provider = provider, Status = FetchStatus.Pending };

    private static Scenario Delayed(Scenario scenario) =>
        scenario with
        {
            Outcomes =
            [
                .. scenario.Outcomes.Select(outcome =>
                    outcome.Quote is null ? outcome : Quotes.Ok(outcome.Provider, outcome.Quote with { Freshness = QuoteFreshness.Delayed })
                ),
            ],
        };

    /// <summary>A later quote may settle the unit of an earlier one (N19), which then is one more later quote.</summary>
    private static bool HasNoUnknownUnit(Scenario scenario) =>
        scenario.Outcomes.All(outcome => outcome.Quote?.Suspect is not ProviderQuote.UnitUnknown);

    private static decimal ToleranceOf(Scenario scenario) => Math.Clamp(scenario.Options.AgreementToleranceBps, 1, 10_000) / 10_000;

    private static int CountIn(Scenario scenario) =>
        Agreement.Count(scenario.Symbol, scenario.Reference, scenario.Outcomes, [], Quotes.Now, scenario.Options);

    private static void Holds<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(Arb.From(generator), property).Check(Config.QuickThrowOnFailure.WithMaxTest(Panels));
}
