using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The body of a 202: the quote is still being asked for.</summary>
/// <param name="InstanceId">The orchestration instance that makes the quote.</param>
/// <param name="Location">The address of the quote, as in the header of that name. The caller's key may read it.</param>
/// <param name="TraceId">W3C trace id of the request, which its logs and spans carry too.</param>
internal sealed record PendingQuote(Symbol Symbol, string InstanceId, string Location, string TraceId);
