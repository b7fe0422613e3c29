using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>One input of the merge, as a generator makes it: any mix of answers, failures and stored quotes, with or without reference
/// data.</summary>
internal sealed record Scenario(ReferenceData Reference, IReadOnlyList<FetchOutcome> Outcomes, MergeOptions Options)
{
    /// <summary>Prices as they come: mostly agreeing within a few basis points, in ties, in two camps, of another unit or before a split,
    /// with float noise, and sometimes absurd.</summary>
    public static Gen<decimal> Price { get; } =
        Gen.Frequency(
            (8, Gen.Choose(-40, 40).Select(cents => 100 + (cents / 100m))),
            (4, Gen.Elements(100m, 100m, 100.0m, 110m)),
            (
                2,
                from factor in Gen.Elements(0.01m, 0.001m, 0.5m, 2m, 4m, 10m, 100m, 1000m)
                from cents in Gen.Choose(-40, 40)
                select factor * (100 + (cents / 100m))
            ),
            (1, Gen.Elements(99.99999m, 100.2068994m, 100.0149m)),
            (2, Gen.Choose(1, 100_000).Select(cents => cents / 100m)),
            (1, Gen.Elements(0.0001m, 1m, 10_000m, 742_512.345678m, 1e15m, 1e-28m, decimal.MaxValue))
        );

    public static Gen<ProviderQuote> Quote { get; } =
        from price in Price
        from freshness in Gen.Frequency(
            (5, Gen.Constant(QuoteFreshness.RealTime)),
            (2, Gen.Constant(QuoteFreshness.Delayed)),
            (1, Gen.Constant(QuoteFreshness.EndOfDay)),
            (1, Gen.Constant(QuoteFreshness.Unknown))
        )
        from age in Gen.Choose(0, 2000)
        from stale in Rarely
        from suspect in Rarely
        from single in Rarely
        from currency in Gen.Frequency(
            (10, Gen.Constant<CurrencyCode?>(CurrencyCode.Usd)),
            (1, Gen.Constant<CurrencyCode?>(null)),
            (1, Gen.Elements<CurrencyCode?>(CurrencyCode.Parse("EUR"), CurrencyCode.Parse("GBP")))
        )
        from bid in Optional(Price)
        from ask in Optional(Price)
        from range in Optional(Price).Two()
        from open in Optional(Price)
        from previousClose in Optional(Price)
        from volume in Optional(Gen.Choose(0, int.MaxValue))
        from unknownUnit in Rarely
        from session in Gen.Frequency<SessionKind?>(
            (5, Gen.Constant<SessionKind?>(null)),
            (5, Gen.Constant<SessionKind?>(SessionKind.Regular)),
            (1, Gen.Elements<SessionKind?>(SessionKind.Pre, SessionKind.Post, SessionKind.Closed))
        )
        from timed in Mostly
        from day in Gen.Frequency(
            (6, Gen.Constant<DateOnly?>(Utc.Day("2025-06-18"))),
            (1, Gen.Constant<DateOnly?>(Utc.Day("2025-06-17"))),
            (1, Gen.Constant<DateOnly?>(null))
        )
        select new ProviderQuote
        {
            Price = price,
            RawPrice = price,
            RawUnit = unknownUnit ? null : "USD",
            Bid = bid,
            Ask = ask,
            Open = open,
            High = range.Item1,
            Low = range.Item2,
            PreviousClose = previousClose,
            Volume = (long?)volume,
            Currency = unknownUnit ? null : currency,
            AsOf = timed ? Quotes.Now.AddSeconds(-age) : null,
            AsOfPrecision = timed ? AsOfPrecision.Instant : null,
            TradingDate = day,
            ReceivedAt = Quotes.Now.AddSeconds(-age),
            Freshness = freshness,
            Stale = stale,
            SingleVenue = single,
            Session = session,
            Suspect =
                unknownUnit ? ProviderQuote.UnitUnknown
                : suspect ? "Its high is below its low."
                : null,
        };

    /// <summary>Quotes that are not excluded, but may say anything.</summary>
    public static Gen<ProviderQuote> UsableQuote { get; } =
        Quote.Select(quote => quote with { Suspect = null, Currency = CurrencyCode.Usd, RawUnit = "USD" });

    /// <summary>Fresh and comparable, whatever the price.</summary>
    public static Gen<ProviderQuote> FreshQuote { get; } =
        UsableQuote.Select(quote => quote with { Freshness = QuoteFreshness.RealTime, Stale = false, Session = null });

    public static Gen<FetchOutcome> OutcomeOf(ProviderId provider) =>
        Gen.Frequency(
            (6, Quote.Select(quote => Quotes.Ok(provider, quote))),
            (
                1,
                Gen.Elements(Enum.GetValues<FetchStatus>().Where(status => status is not (FetchStatus.Ok or FetchStatus.NoPrice)))
                    .Select(status => Quotes.Failed(provider, status))
            ),
            (
                1,
                Quote.Select(quote =>
                    Quotes.Failed(provider, FetchStatus.NoPrice) with
                    {
                        Quote = quote with { Price = null, RawPrice = null },
                    }
                )
            )
        );

    public static Gen<Scenario> Any { get; } =
        from outcomes in ForSome(OutcomeOf)
        from stored in ForSome(provider =>
            Quote
                .Two()
                .Select(quotes => new StoredQuote(
                    provider,
                    quotes.Item1 with
                    {
                        ReceivedAt = quotes.Item1.ReceivedAt.AddDays(-1 + (quotes.Item2.ReceivedAt - Quotes.Now).TotalHours),
                    }
                ))
        )
        from known in Mostly
        from options in AnyOptions
        select new Scenario(new ReferenceData { Instrument = known ? Quotes.Apple : null, LastKnown = stored }, outcomes, options);

    /// <summary>At least four fresh answers, whatever else there is.</summary>
    public static Gen<Scenario> WithFourOrMoreFresh { get; } =
        from scenario in Any
        from count in Gen.Choose(4, ProviderId.All.Count)
        from providers in Gen.Shuffle(ProviderId.All.ToArray())
        from quotes in FreshQuote.ListOf(count)
        select scenario with
        {
            Outcomes =
            [
                .. quotes.Select((quote, i) => Quotes.Ok(providers[i], quote)),
                .. scenario.Outcomes.Where(outcome => !providers.Take(count).Contains(outcome.Provider)),
            ],
        };

    /// <summary>Any scenario at London, where a number may be pence or pounds, or in New York.</summary>
    public static Gen<Scenario> AnyVenue { get; } =
        from scenario in Any
        from london in Rarely
        select london
            ? scenario with
            {
                Symbol = Symbol.Parse("ITV:XLON"),
                Reference = scenario.Reference with { Instrument = null },
            }
            : scenario;

    /// <summary>All providers count the same: what is proved of confidence is proved for equal trust.</summary>
    public static Gen<Scenario> OfEqualTrust { get; } =
        AnyVenue.Select(scenario => scenario with { Options = scenario.Options with { Trust = new MergeOptions().Trust } });

    public static Arbitrary<T> Arbitrarily<T>(Gen<T> generator) => Arb.From(generator, Shrink);

    public Symbol Symbol { get; init; } = Quotes.Aapl;

    public ConsolidatedQuote Merge() => QuoteMerger.Merge(Symbol, Reference, Outcomes, Quotes.Now, Options);

    /// <summary>Fewer outcomes, then fewer stored quotes, then default options: what stays in a counterexample matters.</summary>
    private static IEnumerable<T> Shrink<T>(T value) => value is Scenario scenario ? Smaller(scenario).Cast<T>() : [];

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        foreach (var outcome in scenario.Outcomes)
        {
            yield return scenario with
            {
                Outcomes = [.. scenario.Outcomes.Where(other => other != outcome)],
            };
        }

        foreach (var stored in scenario.Reference.LastKnown)
        {
            yield return scenario with
            {
                Reference = scenario.Reference with { LastKnown = [.. scenario.Reference.LastKnown.Where(other => other != stored)] },
            };
        }

        if (scenario.Options != Defaults)
        {
            yield return scenario with
            {
                Options = Defaults,
            };
        }
    }

    private static readonly MergeOptions Defaults = new();

    private static Gen<bool> Rarely { get; } = Gen.Choose(0, 7).Select(n => n == 0);

    private static Gen<bool> Mostly { get; } = Gen.Choose(0, 3).Select(n => n > 0);

    private static Gen<MergeOptions> AnyOptions { get; } =
        Gen.Frequency(
            (1, Gen.Constant(Defaults)),
            (
                1,
                from trusts in Gen.Elements(-1m, 0m, 0.1m, 0.5m, 1m, 3m, 10m, 1000m).ListOf(ProviderId.All.Count)
                from floor in Gen.Elements(0m, 1m, 50m, 500m, 1e9m)
                select new MergeOptions
                {
                    Trust = ProviderId
                        .All.Zip(trusts)
                        .ToDictionary(pair => pair.First.ToString(), pair => pair.Second, StringComparer.Ordinal),
                    OutlierFloorBps = floor,
                }
            )
        );

    private static Gen<T?> Optional<T>(Gen<T> generator)
        where T : struct => from present in Mostly from value in generator select present ? value : (T?)null;

    private static Gen<IReadOnlyList<T>> ForSome<T>(Func<ProviderId, Gen<T>> generator) =>
        from providers in Gen.Shuffle(ProviderId.All.ToArray())
        from count in Gen.Choose(0, ProviderId.All.Count)
        from items in Gen.CollectToList(providers.Take(count), generator)
        select (IReadOnlyList<T>)[.. items];
}
