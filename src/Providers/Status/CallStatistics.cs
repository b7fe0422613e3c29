using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The outcomes of the fetches from one provider in this process. Cheap to write, from any thread.</summary>
internal sealed class CallStatistics(TimeProvider time)
{
    private static readonly FetchStatus[] Statuses = Enum.GetValues<FetchStatus>();

    /// <summary>The part of a new duration in the moving average.</summary>
    private const double Weight = 1.0 / 16;

    private readonly long[] _outcomes = new long[Statuses.Length];
    private double _averageMs;
    private long _lastSuccess;
    private ProviderRefusal? _lastRefusal;
    private int _isKeyRefused;

    public LatencyWindow Latency { get; } = new(time);

    public CallTimeline Timeline { get; } = new(time);

    /// <summary>The moving average of the requests' durations, in milliseconds; 0 before the first. Requests that end at the same moment
    /// may count as one.</summary>
    public double AverageMs => Volatile.Read(ref _averageMs);

    /// <summary>The last success, UTC; <see langword="null"/> if there was none.</summary>
    public DateTimeOffset? LastSuccessAt =>
        Volatile.Read(ref _lastSuccess) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The last refusal; <see langword="null"/> if there was none.</summary>
    public ProviderRefusal? LastRefusal => Volatile.Read(ref _lastRefusal);

    public IReadOnlyDictionary<FetchStatus, long> Outcomes =>
        Statuses
            .Where(status => Volatile.Read(ref _outcomes[(int)status]) > 0)
            .ToDictionary(status => status, status => Volatile.Read(ref _outcomes[(int)status]));

    /// <summary>Counts an outcome that a caller got.</summary>
    public void Count(FetchStatus status)
    {
        Interlocked.Increment(ref _outcomes[(int)status]);
        Timeline.NoteOutcome(status);
    }

    /// <summary>Notes a request that has ended, perhaps after its caller's deadline.</summary>
    /// <returns>True if the provider rejected the key for the first time since it last accepted it.</returns>
    public bool NoteAttempt(FetchStatus status, TimeSpan took)
    {
        Latency.Add(took);
        var average = AverageMs;
        Volatile.Write(ref _averageMs, average == 0 ? took.TotalMilliseconds : average + (took.TotalMilliseconds - average) * Weight);
        Timeline.NoteRequest(took);
        switch (status)
        {
            case FetchStatus.Ok:
                Volatile.Write(ref _lastSuccess, time.GetUtcNow().UtcTicks);
                Volatile.Write(ref _isKeyRefused, 0);
                return false;
            case FetchStatus.InvalidKey
            or FetchStatus.PlanRestricted
            or FetchStatus.RateLimited
            or FetchStatus.QuotaExhausted
            or FetchStatus.BadRequest:
                Volatile.Write(ref _lastRefusal, new ProviderRefusal(time.GetUtcNow(), status));
                return status is FetchStatus.InvalidKey && Interlocked.Exchange(ref _isKeyRefused, 1) == 0;
            default:
                return false;
        }
    }
}
