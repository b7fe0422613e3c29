using Microsoft.Azure.Functions.Worker;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Asks one provider for one symbol and stores what it answers. Never fails for what a provider did, nor for a quote that cannot
/// be stored: the answer matters more. Nor does the answer wait for the commit: the outcome is durable in history, the stored quote only
/// stands in when the provider fails later.</summary>
/// <remarks>Running twice asks twice, unless the first call is known in this process (<see cref="QuoteFlights"/>) or claimed by another one
/// (<see cref="ClaimedFetches"/>), and stores the later quote: the store is keyed by symbol and provider, and never goes back in
/// time.</remarks>
public sealed class FetchQuote(ProviderListings listings, QuoteStore store, QuoteFlights flights, ClaimedFetches claims)
{
    [Function(nameof(FetchQuote))]
    public async Task<FetchOutcome> RunAsync([ActivityTrigger] FetchQuoteInput input, CancellationToken cancellationToken)
    {
        var flight = input.InstanceId is { } instanceId ? flights.Find(instanceId) : null;
        flight?.FanIn.Begin();
        var outcome = await (
            flight is not null
                ? flight
                    .FetchAsync(input.Provider, () => FetchAsync(input, flight.Trace, CancellationToken.None))
                    .WaitAsync(cancellationToken) // others may wait for it too
            : input is { InstanceId: { } id, ReplyTo: { } process } && process != flights.ProcessId
                ? claims
                    .Take(id, [input.Provider], input.Deadline)
                    .FetchAsync(input.Provider, () => FetchAsync(input, null, CancellationToken.None))
                    .WaitAsync(cancellationToken)
            : FetchAsync(input, null, cancellationToken)
        );
        if (outcome.Quote is { Price: not null } quote)
        {
            store.KeepProviderQuote(input.Symbol, input.Provider, quote); // not awaited: outlives the activity
        }

        if (flight is not null)
        {
            await flight.FanIn.HoldFetchAsync(outcome);
        }

        return outcome;
    }

    private Task<FetchOutcome> FetchAsync(FetchQuoteInput input, IFetchObserver? observer, CancellationToken cancellationToken) =>
        listings.FetchAsync(input.Symbol, input.Provider, input.Deadline, input.IsOneOfMany is true, observer, cancellationToken);
}
