using Quorum.Shared;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>The times at which this worker looks for claimable instances, and if it compares its memory with what is stored then.</summary>
internal sealed class ClaimSchedule : IDisposable
{
    // Later ones are left to the sweep, so that any number of instances may leave memory.
    private const int MaxTimes = 10_000;
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(1);
    private static readonly TimeSpan CheckDelay = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly WakeSignal _due = new();
    private readonly Lock _gate = new();
    private readonly SortedSet<DateTime> _times = [];
    private readonly ITimer _timer;
    private int _checkIsDue;
    private bool _isDisposed;

    public ClaimSchedule(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static self => ((ClaimSchedule)self!).Fire(), // the state is this
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Makes this worker compare its memory with what is stored, with its next claim, after a moment at the latest: a notification
    /// may have been lost.</summary>
    public void CheckSoon()
    {
        Volatile.Write(ref _checkIsDue, 1);
        At(_time.GetUtcNow().UtcDateTime + CheckDelay);
    }

    /// <summary>True once after <see cref="CheckSoon"/>.</summary>
    public bool TakeCheck() => Interlocked.Exchange(ref _checkIsDue, 0) == 1;

    /// <summary>Makes this worker look for claimable instances now.</summary>
    public void Now() => _due.Set();

    /// <summary>Makes this worker look for claimable instances at a time; <see langword="null"/> for none.</summary>
    public void At(DateTime? due)
    {
        if (due is not { } at || at - _time.GetUtcNow().UtcDateTime > Horizon)
        {
            return; // the sweep finds it
        }

        lock (_gate)
        {
            if (_isDisposed || !_times.Add(at))
            {
                return;
            }

            if (_times.Count > MaxTimes)
            {
                _times.Remove(_times.Max);
            }

            if (_times.Min == at)
            {
                Proceed();
            }
        }
    }

    /// <summary>Waits until it is time to look for claimable instances, or until the time ends.</summary>
    /// <returns>False if the time has ended.</returns>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _due.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _times.Clear();
        }

        _timer.Dispose();
        _due.Dispose();
    }

    private void Fire()
    {
        lock (_gate)
        {
            Proceed();
        }
    }

    // Also after a timer of the system that fired too early: it counts milliseconds of its own.
    private void Proceed()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (_times.RemoveWhere(at => at <= now) > 0)
        {
            _due.Set();
        }

        if (_times.Count > 0)
        {
            // Whole milliseconds: the rest would be cut off, and the timer would fire at once.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling((_times.Min - now).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }
}
