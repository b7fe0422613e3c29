namespace Quorum.StandaloneHost.Queues;

/// <summary>How long a listener waits between looks at an empty queue: twice as long each time, up to the limit, a little at random
/// so that many processes do not look at once.</summary>
internal sealed class PollingPause(TimeSpan longest, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private TimeSpan _next = Shortest;

    public void Reset() => _next = Shortest;

    public TimeSpan Next()
    {
        var pause = _next < longest ? _next : longest;
        _next = pause * 2;
        return pause * (0.8 + (0.2 * random.NextDouble()));
    }
}
