namespace Quorum.Functions.Http;

/// <summary>How long ago a request came, by a clock that never jumps.</summary>
public readonly struct RequestClock(TimeProvider time)
{
    /// <summary>When it came, as a timestamp.</summary>
    public long Arrival { get; } = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(Arrival);

    public double ElapsedMs => Elapsed.TotalMilliseconds;
}
