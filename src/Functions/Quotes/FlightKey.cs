using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>What makes two requests the same: they share an orchestration in flight. The budget belongs to it, since it sets how long the
/// providers are waited for; <c>maxAge</c> does not, since whoever got here wants the providers asked now, nor does <c>agree</c>: each
/// caller is answered by its own.</summary>
public readonly record struct FlightKey(Symbol Symbol, ProviderSelection Providers, TimeSpan Budget);
