using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Quorum.Functions.Traces;
using Quorum.Functions.Waiting;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Loads what PostgreSQL knows about a symbol: the instrument, and the last known quote of each provider. Answers by the deadline
/// like a fetch; when PostgreSQL does not, with the instrument that this process remembers.</summary>
/// <remarks>Only reads: running twice is harmless.</remarks>
public sealed partial class LoadReference(
    KnownQuotes known,
    InstrumentCatalogue catalogue,
    QuoteFlights flights,
    TimeProvider time,
    ILogger<LoadReference> logger
)
{
    /// <summary>The minimum time for PostgreSQL when the deadline is past or near, as after a restart.</summary>
    private static readonly TimeSpan MinTimeToLoad = TimeSpan.FromMilliseconds(20);

    [Function(nameof(LoadReference))]
    public async Task<ReferenceData> RunAsync([ActivityTrigger] LoadReferenceInput input, CancellationToken cancellationToken)
    {
        var trace = input.InstanceId is { } instanceId ? flights.Find(instanceId)?.Trace : null;
        var span = trace?.Begin(SpanKind.Load) ?? 0;
        var (reference, failed) = await LoadAsync(input, cancellationToken);
        trace?.End(span, failed ? null : FetchStatus.Ok);
        return reference;
    }

    private async Task<(ReferenceData Reference, bool Failed)> LoadAsync(LoadReferenceInput input, CancellationToken cancellationToken)
    {
        try
        {
            var timeout = input.Deadline - time.GetUtcNow();
            var loading = known.LoadAsync(input.Symbol, cancellationToken);
            if (await loading.CompletesWithinAsync(timeout > MinTimeToLoad ? timeout : MinTimeToLoad, time, cancellationToken))
            {
                return (await loading, false);
            }

            LogNotInTime(input.Symbol);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotLoaded(exception, input.Symbol);
        }

        return (new ReferenceData { Instrument = catalogue.Find(input.Symbol) }, true);
    }

    [LoggerMessage(
        EventId = 1002,
        Level = LogLevel.Warning,
        Message = "The reference data of {Symbol} could not be loaded; its stored quotes are left out."
    )]
    private partial void LogNotLoaded(Exception exception, Symbol symbol);

    [LoggerMessage(
        EventId = 1006,
        Level = LogLevel.Debug,
        Message = "The reference data of {Symbol} did not come by the deadline; its stored quotes are left out."
    )]
    private partial void LogNotInTime(Symbol symbol);
}
