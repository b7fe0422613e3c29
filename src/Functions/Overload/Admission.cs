using Microsoft.Extensions.Options;

namespace Quorum.Functions.Overload;

/// <summary>
/// Lets only so many requests in at once that those inside keep their time: more are turned away at once, which costs almost nothing, instead of
/// all being late. The limit follows the thread pool: while work waits too long for a thread it falls by a seventh every tenth of a second, and when
/// work no longer waits and the room is needed it rises again, step by step.
/// </summary>
/// <remarks>What is judged is the shortest wait of a window: a burst that drains is no overload, a queue that stands is (the idea of CoDel, RFC 8289).</remarks>
public sealed class Admission(IOptions<OverloadOptions> options)
{
    /// <summary>Waits that make one window: a tenth of a second, as <see cref="ThreadPoolWatch"/> measures.</summary>
    internal const int WindowLength = 4;

    private const int Step = 16;

    /// <summary>One wait counts for as many windows as it lasted, but not for more: the process may have been stopped, not been busy.</summary>
    private const int MostWindowsAtOnce = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private const double Fall = 0.85;

    private readonly int _least = options.Value.LeastInFlight;
    private readonly int _most = options.Value.MostInFlight;
    private readonly TimeSpan _target = TimeSpan.FromMilliseconds(options.Value.TargetDelayMs);
    private int _limit = options.Value.MostInFlight;
    private int _inFlight;
    private volatile bool _isBusy;

    // Of the one who observes.
    private int _observed;
    private int _busiest;
    private TimeSpan _shortest = TimeSpan.MaxValue;

    /// <summary>Requests let in and not yet out again.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How many may be inside now.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Work waits too long for a thread just now: what is late now is late for that.</summary>
    public bool IsBusy => _isBusy;

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
        _shortest = wait < _shortest ? wait : _shortest;
        _busiest = Math.Max(_busiest, InFlight);
        if (++_observed < WindowLength && wait < Window)
        {
            return;
        }

        _isBusy = _shortest > _target || wait >= Window;
        if (wait >= Window)
        {
            Volatile.Write(ref _limit, Math.Max(_least, (int)(_limit * Math.Pow(Fall, Math.Min(MostWindowsAtOnce, wait / Window)))));
        }
        else if (_shortest > _target)
        {
            Volatile.Write(ref _limit, Math.Max(_least, (int)(_limit * Fall)));
        }
        else if (_busiest > _limit / 2)
        {
            Volatile.Write(ref _limit, Math.Min(_most, _limit + Step));
        }

        (_observed, _busiest, _shortest) = (0, 0, TimeSpan.MaxValue);
    }
}
