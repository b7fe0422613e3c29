using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Quorum.Storage;

/// <summary>
/// Receives announcements (LISTEN) of quotes that other processes published, on a connection of its own, for callers who wait in this
/// process. An announcement is a hint, never the only source: announcements during a lost connection are lost, so subscribers are asked to
/// look again after each reconnect.
/// </summary>
public sealed partial class QuoteAnnouncements(QuorumDatabase database, TimeProvider time, ILogger<QuoteAnnouncements> logger)
    : BackgroundService
{
    /// <summary>The channel; the payload is the instance id.</summary>
    internal const string Channel = "quorum_quotes";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Subscription[] _subscriptions = [];

    /// <summary>Completes when the connection is open for the first time.</summary>
    public Task Listening => _listening.Task;

    /// <summary>Registers callbacks until disposed. They run on the listener's connection, so they must be short.</summary>
    /// <param name="published">Receives the id of an instance that published its quote.</param>
    /// <param name="lookAgain">
    /// Called when announcements may have been missed; waiting callers then check (<see cref="QuoteStore.FindAsync"/>).
    /// </param>
    public IDisposable Subscribe(Action<string> published, Action lookAgain)
    {
        var subscription = new Subscription(this, published, lookAgain);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await ListenAsync(() => pause = FirstPause, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotHeard(exception, pause);
            }

            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    /// <summary>Listens until an exception ends it.</summary>
    private async Task ListenAsync(Action stands, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenDedicatedAsync(cancellationToken);
        connection.Notification += (_, notification) => Tell(subscription => subscription.Published(notification.Payload));
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        stands();
        _listening.TrySetResult();
        Tell(subscription => subscription.LookAgain());
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Tell(Action<Subscription> tell)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            try
            {
                tell(subscription);
            }
            catch (Exception exception) // a failing subscriber must not affect the others
            {
                LogSubscriberFailed(exception);
            }
        }
    }

    [LoggerMessage(
        EventId = 1506,
        Level = LogLevel.Warning,
        Message = "Announcements of quotes are not received; the next attempt to listen is in {Pause}."
    )]
    private partial void LogNotHeard(Exception exception, TimeSpan pause);

    [LoggerMessage(EventId = 1507, Level = LogLevel.Error, Message = "A subscriber failed at the announcement of a quote.")]
    private partial void LogSubscriberFailed(Exception exception);

    private sealed class Subscription(QuoteAnnouncements owner, Action<string> published, Action lookAgain) : IDisposable
    {
        public Action<string> Published { get; } = published;
        public Action LookAgain { get; } = lookAgain;

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._subscriptions = Array.FindAll(owner._subscriptions, other => other != this);
            }
        }
    }
}
