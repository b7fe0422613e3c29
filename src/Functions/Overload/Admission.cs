using Microsoft.Extensions.Options;

namespace Quorum.Functions.Overload;

/// <summary>
/// Lets only so many requests in at once that those inside keep their time: more are turned away at once, which costs almost nothing,
/// instead of all being late. The limit follows the thread pool: while work waits too long for a thread it falls by a seventh every tenth
/// of a second, and when work no longer waits and the room is needed it rises again, step by step. It begins low, for a burst that is let
/// in whole is late whole.
/// </summary>
/// <remarks>What is judged is the second longest wait of a window's four: a burst that drains is no overload, a queue that stands is (the
/// idea of CoDel, RFC 8289, but stricter: those turned away wait in the same queue).</remarks>
public sealed class Admission(IOptions<OverloadOptions> options)
{
    /// <summary>Waits that make one window: a tenth of a second, as <see cref="ThreadPoolWatch"/> measures.</summary>
    internal const int WindowLength = 4;

    /// <summary>Where the limit begins: some 1,300 requests a second when the providers take 200 ms.</summary>
    internal const int First = 256;

    /// <summary>The part of the limit by which it rises, as a divisor.</summary>
    private const int Rise = 16;

    /// <summary>Windows for which the process counts as busy after one that was: requests that were let in then may still be
    /// late.</summary>
    private const int Aftermath = 10;

    /// <summary>One wait counts for as many windows as it lasted, but not for more: the process may have been stopped, not been
    /// busy.</summary>
    private const int MostWindowsAtOnce = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private const double Fall = 0.85;

    private readonly int _least = options.Value.LeastInFlight;
    private readonly int _most = options.Value.MostInFlight;
    private readonly TimeSpan _target = TimeSpan.FromMilliseconds(options.Value.TargetDelayMs);
    private int _limit = Math.Clamp(First, options.Value.LeastInFlight, options.Value.MostInFlight);
    private int _inFlight;
    private volatile int _busyFor;

    // Of the one who observes.
    private readonly TimeSpan[] _waits = new TimeSpan[WindowLength];
    private int _observed;
    private int _busiest;

    /// <summary>Requests let in and not yet out again.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How many may be inside now.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Work waits too long for a thread, or did within the last second: what is late now is late for that.</summary>
    public bool IsBusy => _busyFor > 0;

    /// <summary>Whoever is let in says when he is out: <see cref="Leave"/>.</summary>
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
            Volatile.Write(ref _limit, Math.Max(_least, (int)(_limit * Math.Pow(Fall, Math.Min(MostWindowsAtOnce, wait / Window)))));
        }
        else if (stands)
        {
            Volatile.Write(ref _limit, Math.Max(_least, (int)(_limit * Fall)));
        }
        else if (_busiest > _limit / 2)
        {
            Volatile.Write(ref _limit, Math.Min(_most, _limit + Math.Max(1, _limit / Rise)));
        }

        (_observed, _busiest) = (0, 0);
    }
}
