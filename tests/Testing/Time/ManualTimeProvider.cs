namespace Quorum.Testing.Time;

/// <summary>A clock that stands still until it is moved, and whose timers fire, in order, in the call that moves it.</summary>
/// <remarks>
/// FakeTimeProvider (Microsoft.Extensions.TimeProvider.Testing 10.11) sets the time to the target first and fires the timers then: each of
/// them sees the target, and one that its callback sets again fires once instead of once a period. A timer that is due at once fires inside
/// CreateTimer. Nothing tells a test that the code under test has set a timer. On top of it, all of this class would be needed again.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiters = [];
    private DateTimeOffset _now;
    private long _sequence;

    /// <param name="start">The initial time; by default an ordinary Friday, 20 November 2026, 15:00 UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _now = start?.ToUniversalTime() ?? new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    /// <summary>The time by which timers fire before they are due, as those of the platform may. They count whole milliseconds, and cut off
    /// the rest.</summary>
    public TimeSpan TimersAreEarlyBy { get; init; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The number of timers that are set and have not fired yet.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward, firing each timer at its own due time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <summary>Moves the clock forward to a time, firing each timer at its own due time.</summary>
    public void AdvanceTo(DateTimeOffset target)
    {
        while (TakeDue(target) is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Sets the clock without firing timers, also backwards, as an operator or a time server may.</summary>
    public void SetUtcNow(DateTimeOffset time)
    {
        lock (_gate)
        {
            _now = time.ToUniversalTime();
        }
    }

    /// <summary>Completes as soon as at least this number of timers is set, which means that the code under test waits.</summary>
    public Task WhenArmedAsync(int timers = 1)
    {
        lock (_gate)
        {
            if (_armed.Count >= timers)
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((timers, signal));
            return signal.Task.WithinAsync(what: $"{timers} timers armed");
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (_gate)
        {
            ManualTimer? first = null;
            foreach (var timer in _armed)
            {
                if (timer.Due <= target && (first is null || (timer.Due, timer.Sequence).CompareTo((first.Due, first.Sequence)) < 0))
                {
                    first = timer;
                }
            }
            if (first is null)
            {
                _now = target > _now ? target : _now;
                return null;
            }

            _now = first.Due > _now ? first.Due : _now;
            _armed.Remove(first);
            if (first.Period is { } period)
            {
                Arm(first, _now + period);
            }

            return first;
        }
    }

    private void Arm(ManualTimer timer, DateTimeOffset due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _armed.Add(timer);
        foreach (var (count, signal) in _waiters)
        {
            if (_armed.Count >= count)
            {
                signal.TrySetResult();
            }
        }
        _waiters.RemoveAll(waiter => waiter.Signal.Task.IsCompleted);
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }

        /// <summary>The order of creation, in which timers with the same due time fire.</summary>
        public long Sequence { get; set; }

        /// <summary>The period; <see langword="null"/> for a timer that fires once.</summary>
        public TimeSpan? Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed)
                {
                    return false;
                }

                clock._armed.Remove(this);
                if (clock.TimersAreEarlyBy is var early && early > TimeSpan.Zero && dueTime > TimeSpan.Zero)
                {
                    dueTime = TimeSpan.FromMilliseconds((long)dueTime.TotalMilliseconds);
                    dueTime -= dueTime > early ? early : TimeSpan.Zero;
                }

                Period = period > TimeSpan.Zero ? period : null;
                if (dueTime > TimeSpan.Zero)
                {
                    clock.Arm(this, clock._now + dueTime);
                }

                if (dueTime == TimeSpan.Zero && Period is { } next)
                {
                    clock.Arm(this, clock._now + next);
                }
            }
            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
