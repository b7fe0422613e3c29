using Microsoft.Azure.Functions.Worker;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Shared;

namespace Quorum.Functions.Quotes;

/// <summary>Loads what PostgreSQL knows about a symbol: the instrument, and the last known quote of each provider. Answers by the deadline
/// like a fetch; when PostgreSQL does not, with the instrument that this process remembers.</summary>
/// <remarks>Only reads: running twice is harmless.</remarks>
public sealed class LoadReference(KnownQuotes known, QuoteFlights flights, QuoteStorageLog storage, TimeProvider time)
{
    /// <summary>The minimum time for PostgreSQL when the deadline is past or near, as after a restart.</summary>
    private static readonly TimeSpan MinTimeToLoad = TimeSpan.FromMilliseconds(20);

    [Function(nameof(LoadReference))]
    public async Task<ReferenceData> RunAsync([ActivityTrigger] LoadReferenceInput input, CancellationToken cancellationToken)
    {
        var flight = input.InstanceId is { } instanceId ? flights.Find(instanceId) : null;
        flight?.FanIn.Begin();
        var span = flight?.Trace?.Begin(SpanKind.Load) ?? 0;
        var (reference, failed) = await LoadAsync(input, cancellationToken);
        flight?.Trace?.End(span, failed ? null : FetchStatus.Ok);
        if (flight is not null)
        {
            await flight.FanIn.HoldReferenceAsync();
            reference = WithoutUnneeded(reference, flight);
        }

        return reference;
    }

    /// <summary>Removes the stored quotes of providers that have given a price by now: the merge uses those of the others only, and history
    /// would keep all.</summary>
    private static ReferenceData WithoutUnneeded(ReferenceData reference, QuoteFlight flight) =>
        reference.LastKnown.Count == 0
            ? reference
            : reference with
            {
                LastKnown = [.. reference.LastKnown.Where(stored => flight.OutcomeOf(stored.Provider) is not { Quote.Price: > 0 })],
            };

    private async Task<(ReferenceData Reference, bool Failed)> LoadAsync(LoadReferenceInput input, CancellationToken cancellationToken)
    {
        try
        {
            var timeout = input.Deadline - time.GetUtcNow();
            var loading = known.LoadAsync(input.Symbol, cancellationToken);
            if (await loading.CompletesWithinAsync(timeout > MinTimeToLoad ? timeout : MinTimeToLoad, time, cancellationToken))
            {
                var reference = await loading;
                storage.Worked(QuoteStorageUse.ReferenceData);
                return (reference, false);
            }

            storage.Late(QuoteStorageUse.ReferenceData, input.Symbol);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            storage.Failed(QuoteStorageUse.ReferenceData, exception);
        }

        return (known.WithoutStore(input.Symbol), true);
    }
}
