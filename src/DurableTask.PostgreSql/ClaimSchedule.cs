namespace Quorum.DurableTask.PostgreSql;

/// <summary>The next time at which this worker looks for claimable instances, and if it compares its memory with what is stored then.</summary>
internal sealed class ClaimSchedule(TimeProvider time) : IDisposable
{
    private readonly WakeSignal _due = new();
    private int _checkIsDue;

    /// <summary>Makes this worker compare its memory with what is stored, with its next sweep: a notification may have been lost.</summary>
    public void CheckSoon() => Volatile.Write(ref _checkIsDue, 1);

    /// <summary>True once after <see cref="CheckSoon"/>.</summary>
    public bool TakeCheck() => Interlocked.Exchange(ref _checkIsDue, 0) == 1;

    /// <summary>Makes this worker look for claimable instances now.</summary>
    public void Now() => _due.Set();

    /// <summary>Makes this worker look for claimable instances at a time; <see langword="null"/> for none.</summary>
    public void At(DateTime? due)
    {
        if (due is not { } at || at - time.GetUtcNow().UtcDateTime is var wait && wait > TimeSpan.FromDays(1))
        {
            return; // the sweep finds it
        }

        // The timer keeps itself alive until it has fired.
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                _due.Set();
            },
            null,
            wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Waits until it is time to look for claimable instances, or until the time ends.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _due.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _due.Dispose();
}
