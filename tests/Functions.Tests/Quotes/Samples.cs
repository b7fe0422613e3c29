using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Quotes;

/// <summary>Quotes composed by hand.</summary>
internal static class Samples
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 20, 17, 0, 0, TimeSpan.Zero);

    public static PublishedQuote Published(ConsolidatedQuote quote, string instanceId, DateTimeOffset at) =>
        new()
        {
            InstanceId = instanceId,
            Symbol = quote.Symbol,
            PublishedAt = at,
            Price = quote.Price,
            AsOf = quote.AsOf,
            Completeness = quote.Completeness,
            AllProviders = true,
            Document = QuoteDocument.Write(quote),
        };

    public static ConsolidatedQuote Consolidated(string symbol, decimal? price, params IReadOnlyList<ProviderResult> providers) =>
        new()
        {
            Symbol = Symbol.Parse(symbol),
            Currency = CurrencyCode.Usd,
            Price = price,
            AsOf = price is null ? null : Noon,
            Completeness =
                providers.All(result => result.Outcome is FetchStatus.Ok) ? Completeness.Complete
                : providers.Any(result => result.Outcome is FetchStatus.Ok) ? Completeness.Partial
                : Completeness.Stale,
            Quality = new QuoteQuality(1, providers.Count, providers.Count, 0, [], [], []),
            Provenance = new Dictionary<string, FieldProvenance>(),
            Providers = providers,
        };

    public static ProviderResult Result(ProviderId provider, FetchStatus outcome, decimal? price = null, double? retryAfter = null) =>
        new()
        {
            Id = provider,
            Outcome = outcome,
            RetryAfterSeconds = retryAfter,
            LatencyMs = 12.34,
            Attempts = 1,
            Quote = price is null ? null : new ProviderQuote { Price = price, ReceivedAt = Noon },
        };
}
