namespace Quorum.ProviderSimulator;

/// <summary>The limits that the providers publish for their free plan and for a generous paid one.</summary>
internal static class PublishedLimits
{
    public static QuotaLimit[] Of(Provider provider, Plan plan) =>
        (provider, plan) switch
        {
            // A cap of 30 calls per second applies on every plan.
            (Provider.Finnhub, Plan.Free) => [new(QuotaSpan.Minute, 60), new(QuotaSpan.Second, 30)],
            (Provider.Finnhub, _) => [new(QuotaSpan.Minute, 900), new(QuotaSpan.Second, 30)],

            (Provider.AlphaVantage, Plan.Free) => [new(QuotaSpan.Second, 1), new(QuotaSpan.Day, 25, QuotaWindowKind.Calendar)],
            (Provider.AlphaVantage, _) => [new(QuotaSpan.Minute, 1_200)],

            // Credits, one per symbol; calendar minutes; the day ends at midnight UTC and is limited on the free plan only.
            (Provider.TwelveData, Plan.Free) =>
            [
                new(QuotaSpan.Minute, 8, QuotaWindowKind.Calendar, QuotaUnit.Symbol),
                new(QuotaSpan.Day, 800, QuotaWindowKind.Calendar, QuotaUnit.Symbol),
            ],
            (Provider.TwelveData, _) => [new(QuotaSpan.Minute, 2_584, QuotaWindowKind.Calendar, QuotaUnit.Symbol)],

            (Provider.Massive, Plan.Free) => [new(QuotaSpan.Minute, 5)],
            (Provider.Massive, _) => [],

            (Provider.Alpaca, Plan.Free) => [new(QuotaSpan.Minute, 200)],
            (Provider.Alpaca, _) => [new(QuotaSpan.Minute, 10_000)],

            // The minute counts requests; the day counts calls (one per symbol) and ends at midnight GMT.
            (Provider.Eodhd, Plan.Free) =>
            [
                new(QuotaSpan.Minute, 1_000, QuotaWindowKind.Calendar),
                new(QuotaSpan.Day, 20, QuotaWindowKind.Calendar, QuotaUnit.Symbol),
            ],
            (Provider.Eodhd, _) =>
            [
                new(QuotaSpan.Minute, 1_000, QuotaWindowKind.Calendar),
                new(QuotaSpan.Day, 100_000, QuotaWindowKind.Calendar, QuotaUnit.Symbol),
            ],

            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "There are six providers."),
        };
}
