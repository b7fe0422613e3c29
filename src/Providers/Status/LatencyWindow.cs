namespace Quorum.Providers;

/// <summary>The durations of the last few hundred requests. Adding takes no lock; a reader may miss one that is just being added.</summary>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int Size = 512;

    /// <summary>The age beyond which a latency is not counted.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>Each the second of its end in the upper half, and the bits of its milliseconds in the lower; 0 is empty.</summary>
    private readonly long[] _ring = new long[Size];
    private readonly long _start = time.GetTimestamp();
    private int _next;

    /// <summary>From 1, so that no entry is 0.</summary>
    private long Second => (long)time.GetElapsedTime(_start).TotalSeconds + 1;

    public void Add(TimeSpan took)
    {
        var place = (Interlocked.Increment(ref _next) - 1) & (Size - 1);
        Volatile.Write(ref _ring[place], (Second << 32) | BitConverter.SingleToUInt32Bits((float)took.TotalMilliseconds));
    }

    /// <summary>The median and the 95th percentile, in milliseconds; <see langword="null"/> when there was no request lately.</summary>
    public (double P50, double P95)? Read()
    {
        Span<float> recent = stackalloc float[Size];
        var count = 0;
        var oldest = Second - (long)MaxAge.TotalSeconds;
        for (var i = 0; i < Size; i++)
        {
            var entry = Volatile.Read(ref _ring[i]);
            if (entry != 0 && entry >> 32 >= oldest)
            {
                recent[count++] = BitConverter.UInt32BitsToSingle((uint)entry);
            }
        }

        if (count == 0)
        {
            return null;
        }

        recent = recent[..count];
        recent.Sort();
        return (At(recent, 0.5), At(recent, 0.95));

        static double At(ReadOnlySpan<float> sorted, double part) => Math.Round(sorted[(int)Math.Ceiling(sorted.Length * part) - 1], 2);
    }
}
