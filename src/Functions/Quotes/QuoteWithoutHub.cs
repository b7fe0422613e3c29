using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Runs the recipe of <see cref="AggregateQuote"/> in this process's memory while the task hub is unavailable or slow: an answer that is
/// not durable is better than none.
/// </summary>
public sealed class QuoteWithoutHub(
    ProviderListings listings,
    LoadReference reference,
    QuoteCache cache,
    QuoteFlights flights,
    ClaimedFetches claims,
    TimeProvider time,
    IOptions<QuoteOptions> options
)
{
    /// <summary>The time that providers get at least: an answer that is a little late beats none.</summary>
    private static readonly TimeSpan MinTimeToAsk = TimeSpan.FromMilliseconds(60);

    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>Asks the providers, and PostgreSQL as far as it answers, and lands the flight by its deadline.</summary>
    public void Ask(QuoteFlight flight) => _ = RunAsync(flight);

    /// <summary>Takes no caller's cancellation: those who join depend on it.</summary>
    private async Task RunAsync(QuoteFlight flight)
    {
        try
        {
            flights.LandWithoutHub(flight, await MakeAsync(flight));
        }
        catch (Exception exception) // At the edge of a task that is not awaited: those who wait get it.
        {
            flights.Fail(flight, exception);
        }
    }

    private async Task<PublishedQuote> MakeAsync(QuoteFlight flight)
    {
        var (symbol, selection) = (flight.Key.Symbol, flight.Key.Providers);
        var deadline = time.GetUtcNow() + MinTimeToAsk is var earliest && earliest > flight.Deadline ? earliest : flight.Deadline;
        var known = reference.RunAsync(new LoadReferenceInput(symbol, deadline), CancellationToken.None);
        var providers = selection.ToList();
        // Calls that began at once were made for activities of this process, and are not claimed.
        var claim = flight is { HasInstance: true, CallsBeginAtOnce: false } ? claims.Take(flight.InstanceId, providers, deadline) : null;
        var fetches = providers
            .Select(provider =>
                flight.FetchAsync(provider, () => claim?.FetchAsync(provider, () => FetchAsync(provider)) ?? FetchAsync(provider))
            )
            .ToArray();
        var all = Task.WhenAll(fetches);
        await PublishAgreedAsync(flight, known, fetches, all);
        return Publish(await known, await all, agreeing: null);

        Task<FetchOutcome> FetchAsync(ProviderId provider) =>
            listings.FetchAsync(symbol, provider, deadline, isOneOfMany: false, flight.Trace, CancellationToken.None);

        PublishedQuote Publish(ReferenceData loaded, FetchOutcome[] outcomes, int? agreeing)
        {
            var now = time.GetUtcNow();
            var quote = QuoteMerger.Merge(symbol, loaded, outcomes, now, _merge);
            var published = Publication.Of(quote, "", now, selection) with { Agreeing = agreeing };
            cache.Keep(published, selection);
            return published;
        }

        // As the orchestration does: each time enough providers agree for a caller.
        async Task PublishAgreedAsync(QuoteFlight waiting, Task<ReferenceData> loading, Task<FetchOutcome>[] calls, Task ended)
        {
            var slower = listings.FindSlower(symbol, providers);
            var published = 0;
            await foreach (var _ in Task.WhenEach([loading, .. calls]))
            {
                if (ended.IsCompleted)
                {
                    return;
                }

                if (!loading.IsCompletedSuccessfully || waiting.Wanted.NextAfter(published) is null)
                {
                    continue;
                }

                var outcomes = await AggregateQuote.OutcomesSoFarAsync(providers, calls);
                var agreeing = Agreement.Count(symbol, await loading, outcomes, slower, time.GetUtcNow(), _merge);
                if (waiting.Wanted.NextAfter(published) <= agreeing)
                {
                    flights.Publish(waiting.InstanceId, Publish(await loading, outcomes, agreeing));
                    published = agreeing;
                }
            }
        }
    }
}
