using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Brings home what another process published for a caller who waits in this one: hears of it by PostgreSQL's NOTIFY, loads it and
/// lands its flight.</summary>
internal sealed partial class PublishedElsewhere(
    QuoteAnnouncements announcements,
    QuoteStore store,
    QuoteFlights flights,
    QuotesAtHand atHand,
    ILogger<PublishedElsewhere> logger
) : IHostedService, IDisposable
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = announcements.Subscribe(published: Hear, lookAgain: LookAgain);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();

    private void Hear(string publicationId)
    {
        if (PublicationId.InstanceOf(publicationId) is { } instanceId && flights.Find(instanceId) is { } flight)
        {
            _ = BringAsync(flight, publicationId);
        }
    }

    /// <summary>Announcements may have been missed while nothing was heard. The quote of all providers answers everybody.</summary>
    private void LookAgain()
    {
        foreach (var flight in flights.Awaited())
        {
            _ = BringAsync(flight, flight.InstanceId);
        }
    }

    private async Task BringAsync(QuoteFlight flight, string publicationId)
    {
        try
        {
            if (await store.FindAsync(publicationId, CancellationToken.None) is { } published)
            {
                atHand.Keep(published, flight.Key.Providers);
                flights.Publish(flight.InstanceId, published);
            }
        }
        catch (Exception exception) // At the edge of a task that nobody awaits: the caller gets a stored answer when the budget ends.
        {
            LogNotLoaded(exception, flight.InstanceId);
        }
    }

    [LoggerMessage(
        EventId = 1005,
        Level = LogLevel.Warning,
        Message = "The quote that instance {InstanceId} published elsewhere could not be loaded."
    )]
    private partial void LogNotLoaded(Exception exception, string instanceId);
}
