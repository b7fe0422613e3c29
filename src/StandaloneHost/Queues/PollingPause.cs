namespace Quorum.StandaloneHost.Queues;

/// <summary>
/// The interval between polls of an empty queue: it doubles up to the maximum, with some jitter so that processes do not poll at once.
/// </summary>
internal sealed class PollingPause(TimeSpan longest, Random random)
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(100);
    private TimeSpan _next = Min;

    public void Reset() => _next = Min;

    public TimeSpan Next()
    {
        var pause = _next < longest ? _next : longest;
        _next = pause * 2;
        return pause * (0.8 + (0.2 * random.NextDouble()));
    }
}
