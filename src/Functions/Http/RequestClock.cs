namespace Quorum.Functions.Http;

/// <summary>Measures the time since a request's arrival by a monotonic clock.</summary>
public readonly struct RequestClock(TimeProvider time)
{
    /// <summary>The arrival, as a timestamp.</summary>
    public long Arrival { get; } = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(Arrival);

    public double ElapsedMs => Elapsed.TotalMilliseconds;
}
