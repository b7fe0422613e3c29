namespace Quorum.DurableTask.PostgreSql;

/// <summary>The failures of claims. A single one is repeated soon. After an outage in which leases may have expired, the other processes
/// renew theirs first: for a while nothing is taken over from them.</summary>
internal sealed class ClaimFailures(TimeProvider time, TimeSpan lease)
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan _grace = lease / 5;
    private long _lastSuccess = time.GetTimestamp();
    private int _failures;
    private long? _graceSince; // null: it is over

    /// <summary>True if instances of processes whose lease has expired may be claimed.</summary>
    public bool MayTakeOver
    {
        get
        {
            if (_graceSince is { } since && time.GetElapsedTime(since) >= _grace)
            {
                _graceSince = null;
            }

            return _graceSince is null && !IsLong;
        }
    }

    // A lease is renewed each third of its time, so that one of another process may have less than two thirds left.
    private bool IsLong => _failures > 0 && time.GetElapsedTime(_lastSuccess) >= lease / 2;

    /// <summary>Records a failure.</summary>
    /// <returns>The delay of the next attempt.</returns>
    public TimeSpan Failed()
    {
        var delay = MinDelay * Math.Pow(2, Math.Min(_failures++, 10));
        return delay < _grace ? delay : _grace;
    }

    /// <summary>Records a success.</summary>
    /// <returns>The time during which nothing is taken over; <see langword="null"/> if that does not begin now.</returns>
    public TimeSpan? Succeeded()
    {
        var wasLong = IsLong;
        _lastSuccess = time.GetTimestamp();
        _failures = 0;
        if (!wasLong)
        {
            return null;
        }

        _graceSince = _lastSuccess;
        return _grace;
    }
}
