namespace Quorum.Functions.Http;

/// <summary>How long ago a request came, by a clock that never jumps.</summary>
internal readonly struct RequestClock(TimeProvider time)
{
    private readonly long _arrival = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_arrival);

    public double ElapsedMs => Elapsed.TotalMilliseconds;
}
