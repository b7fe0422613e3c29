using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The ledger's last counts, and the callers that wait for newer ones. Guarded by the gate's lock; times are on the gate's
/// clock.</summary>
internal sealed class QuotaReadings(ProviderId provider, QuotaLimit[] limits)
{
    /// <summary>The maximum age of a reading.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly List<TaskCompletionSource> _readers = [];
    private QuotaAnswer? _last;
    private TimeSpan _readAt = TimeSpan.MinValue;

    /// <summary>True if a caller waits for the next answer of the ledger.</summary>
    public bool AreAwaited => _readers.Count > 0;

    /// <summary>Returns true if the ledger must be asked before a report.</summary>
    public bool AreOld(TimeSpan now) => _last is null || now - _readAt > MaxAge;

    /// <summary>Returns a task that completes with the next answer of the ledger, or its next failure.</summary>
    public Task NextAsync()
    {
        var reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _readers.Add(reader);
        return reader.Task;
    }

    /// <summary>Records an answer of the ledger.</summary>
    public void Record(QuotaAnswer answer, TimeSpan now) => (_last, _readAt) = (answer, now);

    /// <summary>Returns the waiting callers, for completion outside of the lock.</summary>
    public TaskCompletionSource[] TakeReaders()
    {
        TaskCompletionSource[] readers = [.. _readers];
        _readers.Clear();
        return readers;
    }

    /// <summary>Returns the remaining quota by the last reading.</summary>
    /// <param name="now">The time on the gate's clock.</param>
    /// <param name="utcNow">The same time, UTC.</param>
    /// <param name="closedFor">The time until the provider may be called again; not positive if it may be called now.</param>
    public ProviderQuota Report(TimeSpan now, DateTimeOffset utcNow, TimeSpan closedFor)
    {
        var sinceRead = _last is null ? TimeSpan.Zero : now - _readAt;
        return new ProviderQuota
        {
            Provider = provider,
            Windows = [.. limits.Select((limit, i) => WindowOf(limit, _last?.Counts[i]))],
            ClosedUntil = closedFor > TimeSpan.Zero ? utcNow + closedFor : null,
        };

        // Before the ledger has answered once, nothing is granted.
        ProviderQuotaWindow WindowOf(QuotaLimit limit, QuotaCount? count) =>
            new(
                limit.Length,
                limit.Permits,
                (int)Math.Min(limit.Permits, count?.Used ?? limit.Permits),
                limit.InteractiveReserve,
                count is { Used: > 0, RefillsIn: var refillsIn }
                    ? utcNow + (refillsIn > sinceRead ? refillsIn - sinceRead : TimeSpan.Zero)
                    : null
            );
    }
}
