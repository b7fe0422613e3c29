namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The memory that the bodies of all requests in flight use. Safe for concurrent use.</summary>
/// <param name="limit">In bytes.</param>
internal sealed class BodyMemory(long limit)
{
    private long _taken;

    /// <summary>In bytes.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes the bytes, or nothing and returns false if that would exceed the limit.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Release(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
