using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>What the fetches of one provider came to in this process. Cheap to write, from any thread.</summary>
internal sealed class CallStatistics(TimeProvider time)
{
    private static readonly FetchStatus[] Statuses = Enum.GetValues<FetchStatus>();

    private readonly long[] _outcomes = new long[Statuses.Length];
    private long _lastSuccess;

    public LatencyWindow Latency { get; } = new(time);

    /// <summary>UTC; <see langword="null"/> when there was none.</summary>
    public DateTimeOffset? LastSuccessAt => Volatile.Read(ref _lastSuccess) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public IReadOnlyDictionary<FetchStatus, long> Outcomes =>
        Statuses.Where(status => Volatile.Read(ref _outcomes[(int)status]) > 0).ToDictionary(status => status, status => Volatile.Read(ref _outcomes[(int)status]));

    /// <summary>A caller has his outcome.</summary>
    public void Count(FetchStatus status) => Interlocked.Increment(ref _outcomes[(int)status]);

    /// <summary>A request has ended, perhaps after its caller's deadline.</summary>
    public void NoteAttempt(FetchStatus status, TimeSpan took)
    {
        Latency.Add(took);
        if (status == FetchStatus.Ok)
            Volatile.Write(ref _lastSuccess, time.GetUtcNow().UtcTicks);
    }
}
