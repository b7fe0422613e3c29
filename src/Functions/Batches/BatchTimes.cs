namespace Quorum.Functions.Batches;

/// <summary>The times at which batches are created. No two of this process are the same, so that the request which stored a batch can be
/// told from another one for the same batch.</summary>
public sealed class BatchTimes(TimeProvider time)
{
    /// <summary>The smallest difference that PostgreSQL stores.</summary>
    private const long Step = TimeSpan.TicksPerMicrosecond;

    /// <summary>A last time further ahead than this is of a clock that was set back.</summary>
    private const long MostAhead = TimeSpan.TicksPerMillisecond;

    private long _last;

    /// <summary>Returns the time now, or a little later if it was given out already.</summary>
    public DateTimeOffset Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var now = time.GetUtcNow().UtcTicks;
            var next = last + Step > now && last - now <= MostAhead ? last + Step : now;
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }
}
