namespace Quorum.Functions.Consumers;

/// <summary>A token bucket: holds up to a period's tokens and refills evenly. Not safe for several threads.</summary>
/// <param name="capacity">Tokens in a period, and the most that it holds.</param>
/// <param name="period">The time in which it refills.</param>
internal sealed class TokenBucket(int capacity, TimeSpan period, TimeProvider time)
{
    private double _tokens = capacity;
    private long _countedAt = time.GetTimestamp();

    /// <summary>The time until so many tokens can be taken; zero if now. More tokens than it holds need a full bucket.</summary>
    public TimeSpan WaitFor(int tokens)
    {
        Refill();
        var missing = Math.Min(tokens, capacity) - _tokens;
        return missing > 0 ? period * (missing / capacity) : TimeSpan.Zero;
    }

    /// <summary>Takes tokens; the next caller waits for what is missing.</summary>
    public void Take(int tokens)
    {
        Refill();
        _tokens -= tokens;
    }

    /// <summary>Gives back tokens that were not used.</summary>
    public void GiveBack(int tokens)
    {
        Refill();
        _tokens = Math.Min(capacity, _tokens + tokens);
    }

    /// <summary>Takes tokens that were used already; at most a period's tokens are owed.</summary>
    public void TakeOrOwe(int tokens)
    {
        Refill();
        _tokens = Math.Max(-capacity, _tokens - tokens);
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(capacity, _tokens + time.GetElapsedTime(_countedAt, now) / period * capacity);
        _countedAt = now;
    }
}
