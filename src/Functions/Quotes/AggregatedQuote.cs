using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>What one orchestration came to.</summary>
/// <param name="Published">As it is stored and served.</param>
/// <param name="Content">The same, readable.</param>
public sealed record AggregatedQuote(PublishedQuote Published, ConsolidatedQuote Content);

/// <summary>What makes two requests the same: they share an orchestration in flight. The budget belongs to it, since it sets how long the
/// providers are waited for; <c>maxAge</c> does not, since whoever got here wants the providers asked now.</summary>
public readonly record struct FlightKey(MarketData.Symbol Symbol, ProviderSelection Providers, TimeSpan Budget);
