using Microsoft.Extensions.Hosting;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Completes callers in this process with quotes that another process published: receives PostgreSQL's NOTIFY, loads the quote and
/// completes its flight.
/// </summary>
internal sealed class PublishedElsewhere(
    QuoteAnnouncements announcements,
    QuoteStore store,
    QuoteFlights flights,
    QuoteCache cache,
    QuoteStorageLog storage
) : IHostedService, IDisposable
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = announcements.Subscribe(published: OnPublished, lookAgain: FindMissed);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();

    private void OnPublished(string publicationId)
    {
        if (PublicationId.InstanceOf(publicationId) is { } instanceId && flights.Find(instanceId) is { } flight)
        {
            _ = LoadAndPublishAsync(flight, publicationId);
        }
    }

    /// <summary>Checks for announcements that may have been missed. The quote of all providers answers every caller.</summary>
    private void FindMissed()
    {
        foreach (var flight in flights.Awaited())
        {
            _ = LoadAndPublishAsync(flight, flight.InstanceId);
        }
    }

    private async Task LoadAndPublishAsync(QuoteFlight flight, string publicationId)
    {
        try
        {
            var found = await store.FindAsync(publicationId, CancellationToken.None);
            storage.Worked(QuoteStorageUse.PublishedElsewhere);
            if (found is { } published)
            {
                cache.Keep(published, flight.Key.Providers);
                flight.MarkQuoteStored();
                flights.Publish(flight.InstanceId, published);
            }
        }
        catch (Exception exception) // at the edge of a task that is not awaited: the caller gets a stored answer when the budget ends
        {
            storage.Failed(QuoteStorageUse.PublishedElsewhere, exception);
        }
    }
}
