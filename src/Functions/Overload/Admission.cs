using Microsoft.Extensions.Options;

namespace Quorum.Functions.Overload;

/// <summary>
/// Limits the number of requests in flight so that accepted ones stay within their budgets: further ones are rejected at once, which costs
/// almost nothing. The limit follows the thread pool: while work waits too long for a thread it falls by a seventh every tenth of a second;
/// when work no longer waits and more is needed it rises step by step. It begins low, since admitting a whole burst makes all of it late.
/// </summary>
/// <remarks>
/// The second longest wait of a window's four decides: a burst that drains is no overload, a standing queue is (the idea of CoDel, RFC
/// 8289, but stricter: rejected requests wait in the same queue).
/// </remarks>
public sealed class Admission(IOptions<OverloadOptions> options)
{
    /// <summary>Waits that make one window: a tenth of a second, as <see cref="ThreadPoolWatch"/> measures.</summary>
    internal const int WindowLength = 4;

    /// <summary>The initial limit: about 1,300 requests a second when the providers take 200 ms.</summary>
    internal const int First = 256;

    /// <summary>The part of the limit by which it rises, as a divisor.</summary>
    private const int Rise = 16;

    /// <summary>
    /// The number of windows for which the process counts as busy after a busy one: requests accepted then may still be late.
    /// </summary>
    private const int Aftermath = 10;

    /// <summary>One wait counts for as many windows as it lasted, but not for more: the process may have been stopped, not been
    /// busy.</summary>
    private const int MaxWindowsAtOnce = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private const double Fall = 0.85;

    private readonly int _min = options.Value.LeastInFlight;
    private readonly int _max = options.Value.MostInFlight;
    private readonly TimeSpan _target = TimeSpan.FromMilliseconds(options.Value.TargetDelayMs);
    private int _limit = Math.Clamp(First, options.Value.LeastInFlight, options.Value.MostInFlight);
    private int _inFlight;
    private volatile int _busyFor;

    // Of the one who observes.
    private readonly TimeSpan[] _waits = new TimeSpan[WindowLength];
    private int _observed;
    private int _busiest;

    /// <summary>The number of requests accepted and not yet answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The current maximum of requests in flight.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Work waits too long for a thread, or did within the last second: what is late now is late for that.</summary>
    public bool IsBusy => _busyFor > 0;

    /// <summary>Accepts a request if the limit allows it. An accepted request must call <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= Volatile.Read(ref _limit))
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Told by one thread, again and again, how long a work item waited for a thread.</summary>
    public void Observe(TimeSpan wait)
    {
        _waits[_observed] = wait;
        _busiest = Math.Max(_busiest, InFlight);
        if (++_observed < WindowLength && wait < Window)
        {
            return;
        }

        _waits.AsSpan(0, _observed).Sort();
        var isLong = wait >= Window && wait > _target;
        var stands = isLong || (_observed > 1 && _waits[_observed - 2] > _target);
        _busyFor = stands ? Aftermath : Math.Max(0, _busyFor - 1);
        if (isLong)
        {
            Volatile.Write(ref _limit, Math.Max(_min, (int)(_limit * Math.Pow(Fall, Math.Min(MaxWindowsAtOnce, wait / Window)))));
        }
        else if (stands)
        {
            Volatile.Write(ref _limit, Math.Max(_min, (int)(_limit * Fall)));
        }
        else if (_busiest > _limit / 2)
        {
            Volatile.Write(ref _limit, Math.Min(_max, _limit + Math.Max(1, _limit / Rise)));
        }

        (_observed, _busiest) = (0, 0);
    }
}
