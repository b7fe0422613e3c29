using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>
/// The key of identical requests, which share an orchestration in flight. It includes the budget, which sets the deadline of the providers;
/// not <c>maxAge</c>, since every request that gets here needs a new quote, nor <c>agree</c>: each caller is answered by its own.
/// </summary>
public readonly record struct FlightKey(Symbol Symbol, ProviderSelection Providers, TimeSpan Budget);
