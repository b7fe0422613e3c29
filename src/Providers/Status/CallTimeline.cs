using System.Collections.Concurrent;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The fetches and requests of one provider in this process over the last hours, and the changes of its breaker. Bounded; writing
/// takes no lock, and a reader may miss what is just being written.</summary>
internal sealed class CallTimeline(TimeProvider time)
{
    /// <summary>The period that is kept.</summary>
    public static readonly TimeSpan MaxLength = TimeSpan.FromHours(3);

    private const int SlotSeconds = 10,
        MostBreakerChanges = 256;

    private static readonly int Slots = (int)MaxLength.TotalSeconds / SlotSeconds;
    private static readonly int StatusCount = Enum.GetValues<FetchStatus>().Length;

    private readonly Slot?[] _slots = new Slot?[Slots];
    private readonly ConcurrentQueue<BreakerChange> _breakerChanges = [];

    /// <summary>Counts an outcome that a caller got.</summary>
    public void NoteOutcome(FetchStatus status) => Interlocked.Increment(ref Current().Outcomes[(int)status]);

    /// <summary>Records a request that has ended.</summary>
    public void NoteRequest(TimeSpan took) => Current().Latencies.Add(took);

    public void NoteBreaker(BreakerState state)
    {
        _breakerChanges.Enqueue(new BreakerChange(time.GetUtcNow(), state));
        while (_breakerChanges.Count > MostBreakerChanges)
        {
            _breakerChanges.TryDequeue(out _);
        }
    }

    /// <param name="length">The length of the period, at most <see cref="MaxLength"/>.</param>
    public ProviderTimeline Read(TimeSpan length)
    {
        var bucketSeconds = BucketSecondsFor(length);
        var now = time.GetUtcNow();
        var last = now.ToUnixTimeSeconds() / bucketSeconds;
        var first = last - ((long)length.TotalSeconds / bucketSeconds) + 1;
        var buckets = new List<TimelineBucket>((int)(last - first + 1));
        for (var number = first; number <= last; number++)
        {
            buckets.Add(ReadBucket(number * bucketSeconds, bucketSeconds));
        }

        var from = DateTimeOffset.FromUnixTimeSeconds(first * bucketSeconds);
        return new ProviderTimeline(TimeSpan.FromSeconds(bucketSeconds), buckets, [.. _breakerChanges.Where(change => change.At >= from)]);
    }

    /// <summary>Returns the bucket length that gives at most 90 buckets.</summary>
    private static int BucketSecondsFor(TimeSpan length) =>
        length.TotalMinutes switch
        {
            <= 15 => SlotSeconds,
            <= 60 => 60,
            _ => 120,
        };

    private TimelineBucket ReadBucket(long second, int seconds)
    {
        var outcomes = new Dictionary<FetchStatus, long>();
        var latencies = new List<float>();
        var requests = 0L;
        for (var number = second / SlotSeconds; number < (second + seconds) / SlotSeconds; number++)
        {
            if (Volatile.Read(ref _slots[number % Slots]) is not { } slot || slot.Number != number)
            {
                continue;
            }

            for (var status = 0; status < StatusCount; status++)
            {
                if (Volatile.Read(ref slot.Outcomes[status]) is > 0 and var count)
                {
                    outcomes[(FetchStatus)status] = outcomes.GetValueOrDefault((FetchStatus)status) + count;
                }
            }

            requests += slot.Latencies.Count;
            slot.Latencies.CopyTo(latencies);
        }

        latencies.Sort();
        return new TimelineBucket(DateTimeOffset.FromUnixTimeSeconds(second), requests, outcomes, At(latencies, 0.5), At(latencies, 0.95));
    }

    private static double? At(List<float> sorted, double part) =>
        sorted.Count == 0 ? null : Math.Round(sorted[(int)Math.Ceiling(sorted.Count * part) - 1], 2);

    /// <summary>The slot of now. A clock that was set back writes into the newest one.</summary>
    private Slot Current()
    {
        var number = time.GetUtcNow().ToUnixTimeSeconds() / SlotSeconds;
        ref var place = ref _slots[number % Slots];
        while (true)
        {
            var slot = Volatile.Read(ref place);
            if (slot is not null && slot.Number >= number)
            {
                return slot;
            }

            var begun = new Slot(number);
            if (Interlocked.CompareExchange(ref place, begun, slot) == slot)
            {
                return begun;
            }
        }
    }

    private sealed class Slot(long number)
    {
        /// <summary>The number of ten-second spans since 1970.</summary>
        public long Number { get; } = number;

        public int[] Outcomes { get; } = new int[StatusCount];

        public Sample Latencies { get; } = new();
    }

    /// <summary>The last durations of a slot, in milliseconds.</summary>
    private sealed class Sample
    {
        private const int Size = 64;

        private readonly float[] _ring = new float[Size];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add(TimeSpan took) =>
            Volatile.Write(ref _ring[(Interlocked.Increment(ref _count) - 1) & (Size - 1)], (float)took.TotalMilliseconds);

        public void CopyTo(List<float> all)
        {
            var kept = Math.Min(Count, Size);
            for (var i = 0; i < kept; i++)
            {
                all.Add(Volatile.Read(ref _ring[i]));
            }
        }
    }
}
