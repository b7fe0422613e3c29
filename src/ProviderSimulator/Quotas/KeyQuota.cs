namespace Quorum.ProviderSimulator;

/// <summary>The state of one window of a key after a call.</summary>
/// <param name="Limit">The limit of the window.</param>
/// <param name="Used">The usage including the call; for a refused call, the usage that it would have caused.</param>
/// <param name="Reset">The time at which more calls fit, on the simulated clock; for a refused call, the time at which it fits.</param>
internal readonly record struct QuotaReading(QuotaLimit Limit, int Used, DateTimeOffset Reset)
{
    public int Remaining => Math.Max(0, Limit.Limit - Used);
}

/// <summary>The decision of the quota on a call.</summary>
/// <param name="Minute">The window that providers report in their headers; <see langword="null"/> for a plan without one.</param>
/// <param name="Refusal">The window that is full; <see langword="null"/> when the call is admitted.</param>
internal readonly record struct QuotaVerdict(QuotaReading? Minute, QuotaReading? Refusal);

/// <summary>The windows of one key at one provider. A refused call uses nothing.</summary>
internal sealed class KeyQuota
{
    private readonly Lock _gate = new();
    private readonly QuotaWindow[] _windows;
    private long _calls;

    public KeyQuota(IEnumerable<QuotaLimit> limits) => _windows = [.. limits.Select(QuotaWindow.Of)];

    /// <summary>The number of admitted and refused calls.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <param name="symbols">The number of symbols that the call asks for.</param>
    public QuotaVerdict Take(DateTimeOffset now, int symbols)
    {
        Interlocked.Increment(ref _calls);
        if (_windows.Length == 0)
        {
            return default;
        }

        lock (_gate)
        {
            QuotaReading? refusal = null;
            foreach (var window in _windows)
            {
                var used = window.UsedAt(now) + Cost(window, symbols);
                if (refusal is null && used > window.Limit.Limit)
                {
                    refusal = new(window.Limit, used, window.FreeAt(now, Cost(window, symbols)));
                }
            }

            if (refusal is null)
            {
                foreach (var window in _windows)
                {
                    window.Add(now, Cost(window, symbols));
                }
            }

            return new(ReadMinute(now), refusal);
        }
    }

    /// <summary>Returns the usage of each window, for the admin endpoint.</summary>
    public IReadOnlyList<QuotaReading> Read(DateTimeOffset now)
    {
        lock (_gate)
        {
            return [.. _windows.Select(window => Read(window, now))];
        }
    }

    private QuotaReading? ReadMinute(DateTimeOffset now)
    {
        foreach (var window in _windows)
        {
            if (window.Limit.Span == QuotaSpan.Minute)
            {
                return Read(window, now);
            }
        }

        return null;
    }

    private static QuotaReading Read(QuotaWindow window, DateTimeOffset now) => new(window.Limit, window.UsedAt(now), window.ResetAt(now));

    private static int Cost(QuotaWindow window, int symbols) => window.Limit.Unit == QuotaUnit.Symbol ? symbols : 1;
}
