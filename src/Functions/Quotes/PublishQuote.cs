using Microsoft.Azure.Functions.Worker;
using Quorum.Functions.Telemetry;
using Quorum.Functions.Traces;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Stores the consolidated quote and notifies waiting callers: in this process directly, in others by PostgreSQL's NOTIFY, and only when
/// the input says that they exist, since a commit that notifies takes a lock on the whole cluster.
/// </summary>
/// <remarks>
/// The instance is the key, with the number of agreeing providers for a quote published before all had answered: a second publication
/// changes nothing, and a second notification reaches no caller.
/// </remarks>
public sealed class PublishQuote(QuoteStore store, QuoteCache cache, QuoteFlights flights, AppMetrics metrics, TimeProvider time)
{
    [Function(nameof(PublishQuote))]
    public async Task RunAsync([ActivityTrigger] PublishQuoteInput input, CancellationToken cancellationToken)
    {
        if (input is { Price: null, ReplyTo: null })
        {
            return; // no caller waits, and there is nothing to keep: a trial of the hub, or the warm-up
        }

        var selection = ProviderSelection.Of(input.Providers);
        var published = new PublishedQuote
        {
            InstanceId = input.Agreeing is { } agreeing ? PublicationId.ForAgreed(input.InstanceId, agreeing) : input.InstanceId,
            Symbol = input.Symbol,
            PublishedAt = PublicationTime(input),
            Price = input.Price,
            AsOf = input.AsOf,
            Completeness = input.Completeness,
            Agreeing = input.Agreeing,
            AllProviders = selection.IsAll,
            Document = input.Document.Utf8,
            Merge = input.MergeRecord?.Utf8,
        };

        var flight = flights.Find(input.InstanceId);
        var trace = flight?.Trace;
        var publishing = trace?.BeginPublication(input.PublishedAt) ?? 0;
        var callerIsElsewhere = input.ReplyTo is { } process && process != flights.ProcessId;
        if (input.Price is null && !callerIsElsewhere && flight is not null)
        {
            // A quote without a price is of use only to those who wait for it, or were given its address: perhaps at this moment, if none
            // waits any more.
            var isWaitedFor = flights.Publish(input.InstanceId, published);
            trace?.End(publishing);
            if (isWaitedFor && !flight.IsQuoteStored)
            {
                trace?.Complete();
                return;
            }
        }

        var saving = trace?.Begin(SpanKind.Store) ?? 0;
        var storing = store.PublishAsync(published, callerIsElsewhere, cancellationToken);

        // The quote is durable in the history already, as the input of this activity: the answer leaves together with the commit, not after
        // it. When PostgreSQL refuses, the retry stores it.
        cache.Keep(published, selection);
        flights.Publish(input.InstanceId, published);
        trace?.End(publishing);
        await storing;
        trace?.End(saving);
        if (input.Agreeing is null)
        {
            trace?.Complete();
        }
        else if (flight is not null)
        {
            await flight.FanIn.HoldAsync();
        }

        if (input is { AgreedPrice: { } agreed and not 0, Price: { } price })
        {
            metrics.AgreedDiffered(agreed, price);
        }
    }

    /// <summary>Returns the time of the merge, but not before the last answer in it and not after now. In the Functions host an
    /// orchestration has the clock of its machine, which may be wrong; these two times are PostgreSQL's.</summary>
    private DateTimeOffset PublicationTime(PublishQuoteInput input)
    {
        var now = time.GetUtcNow();
        var merged = input.AnsweredAt > input.PublishedAt ? input.AnsweredAt.Value : input.PublishedAt;
        return merged < now ? merged : now;
    }
}
