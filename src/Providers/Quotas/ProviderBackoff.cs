using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// The time until which a provider is not called, because it reported that a limit is used up. Extended under the gate's lock, read without
/// it; times are on the gate's clock.
/// </summary>
internal sealed class ProviderBackoff
{
    private long _until;
    private volatile bool _isForTheDay;

    /// <summary>True if there was a reported limit before, and so may be one now.</summary>
    public bool MayBeActive => Volatile.Read(ref _until) > 0;

    /// <summary>Returns the time until the provider may be called again; not positive if it may be called now.</summary>
    public TimeSpan Remaining(TimeSpan now) => TimeSpan.FromTicks(Volatile.Read(ref _until)) - now;

    /// <summary>Has the provider not called until a time, unless a later one is set.</summary>
    /// <param name="until">The end of the back-off.</param>
    /// <param name="isForTheDay">True if the calls of the day are used up.</param>
    public void Extend(TimeSpan until, bool isForTheDay)
    {
        if (until.Ticks > Volatile.Read(ref _until))
        {
            _isForTheDay = isForTheDay;
            Volatile.Write(ref _until, until.Ticks);
        }
    }

    /// <summary>Returns the result of a call that is refused during the back-off.</summary>
    /// <param name="left">The time until the provider may be called again.</param>
    public AttemptResult Refusal(TimeSpan left) =>
        _isForTheDay
            ? new AttemptResult(
                FetchStatus.QuotaExhausted,
                "The provider said that the day's calls are used up.",
                RetryAfterSeconds: QuotaVerdict.Seconds(left)
            )
            : new AttemptResult(
                FetchStatus.RateLimited,
                "The provider said that there were too many calls.",
                RetryAfterSeconds: QuotaVerdict.Seconds(left)
            );
}
