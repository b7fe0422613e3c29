using Microsoft.DurableTask.Client;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;

namespace Quorum.Functions.Quotes;

/// <summary>One caller's request for one quote on its way to the answer.</summary>
/// <param name="Request">The validated request.</param>
/// <param name="Clock">Started at the arrival of the HTTP request.</param>
/// <param name="Durable">Starts the orchestration if one is needed.</param>
/// <param name="TraceId">W3C trace id of the HTTP request.</param>
/// <param name="Caller">Whose limits count.</param>
/// <param name="Rates">Shared by the calls of the same HTTP request.</param>
/// <param name="IsOneOfMany">
/// True if the same HTTP request asks for other symbols: providers are called for them together, where possible.
/// </param>
public sealed record QuoteCall(
    QuoteRequest Request,
    RequestClock Clock,
    DurableTaskClient Durable,
    string TraceId,
    Caller Caller,
    RequestRates Rates,
    bool IsOneOfMany = false
)
{
    /// <summary>The rest of the caller's budget; negative once it is over.</summary>
    public TimeSpan Left => Request.Budget - Clock.Elapsed;
}
