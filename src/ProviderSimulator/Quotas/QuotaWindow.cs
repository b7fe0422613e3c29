namespace Quorum.ProviderSimulator;

/// <summary>Counts the usage of one key in one span. Not thread-safe; <see cref="KeyQuota"/> takes the lock.</summary>
internal abstract class QuotaWindow(QuotaLimit limit)
{
    public QuotaLimit Limit { get; } = limit;

    public static QuotaWindow Of(QuotaLimit limit) =>
        limit.Kind == QuotaWindowKind.Sliding ? new SlidingWindow(limit) : new CalendarWindow(limit);

    /// <summary>Returns the usage in the span that ends now.</summary>
    public abstract int UsedAt(DateTimeOffset now);

    public abstract void Add(DateTimeOffset now, int cost);

    /// <summary>Returns the time at which a call of this cost fits; <paramref name="now"/> if it fits already.</summary>
    public abstract DateTimeOffset FreeAt(DateTimeOffset now, int cost);

    /// <summary>Returns the time at which more calls fit: the oldest call leaves the window, or the window starts anew.</summary>
    public abstract DateTimeOffset ResetAt(DateTimeOffset now);

    private sealed class SlidingWindow(QuotaLimit limit) : QuotaWindow(limit)
    {
        private readonly Queue<(DateTimeOffset At, int Cost)> _calls = new();
        private DateTimeOffset _newest = DateTimeOffset.MinValue;
        private int _used;

        public override int UsedAt(DateTimeOffset now)
        {
            if (_newest - now > Limit.Length)
            {
                // The clock was set back: the counted calls are in the future.
                _calls.Clear();
                (_used, _newest) = (0, now);
            }

            while (_calls.TryPeek(out var oldest) && now - oldest.At >= Limit.Length)
            {
                _used -= _calls.Dequeue().Cost;
            }

            return _used;
        }

        public override void Add(DateTimeOffset now, int cost)
        {
            _calls.Enqueue((now, cost));
            _newest = now;
            _used += cost;
        }

        public override DateTimeOffset FreeAt(DateTimeOffset now, int cost)
        {
            var tooMany = UsedAt(now) + cost - Limit.Limit;
            var free = now;
            foreach (var call in _calls)
            {
                if (tooMany <= 0)
                {
                    break;
                }

                tooMany -= call.Cost;
                free = call.At + Limit.Length;
            }

            return free;
        }

        public override DateTimeOffset ResetAt(DateTimeOffset now) => _calls.TryPeek(out var oldest) ? oldest.At + Limit.Length : now;
    }

    private sealed class CalendarWindow(QuotaLimit limit) : QuotaWindow(limit)
    {
        private DateTimeOffset _start;
        private int _used;

        public override int UsedAt(DateTimeOffset now)
        {
            var start = StartOf(now);
            if (start != _start)
            {
                (_start, _used) = (start, 0);
            }

            return _used;
        }

        public override void Add(DateTimeOffset now, int cost) => _used = UsedAt(now) + cost;

        public override DateTimeOffset FreeAt(DateTimeOffset now, int cost) => UsedAt(now) + cost <= Limit.Limit ? now : ResetAt(now);

        public override DateTimeOffset ResetAt(DateTimeOffset now) => StartOf(now) + Limit.Length;

        private DateTimeOffset StartOf(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % Limit.Length.Ticks), TimeSpan.Zero);
    }
}
