using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The remaining quota of one provider, counted over all processes that share the ledger.</summary>
public sealed record ProviderQuota
{
    public required ProviderId Provider { get; init; }

    /// <summary>Shortest first; empty when the plan sets no limit.</summary>
    public required IReadOnlyList<ProviderQuotaWindow> Windows { get; init; }

    /// <summary>
    /// The time until which the provider is not called, because it reported a used-up limit; <see langword="null"/> when it did not.
    /// </summary>
    public DateTimeOffset? ClosedUntil { get; init; }

    /// <summary>Permits that a purpose may use now: calls, or symbols where the provider counts those. <see langword="null"/> when nothing
    /// limits them.</summary>
    public int? LeftFor(CallPurpose purpose)
    {
        if (ClosedUntil is not null)
        {
            return 0;
        }

        int? min = null;
        foreach (var window in Windows)
        {
            min = Math.Min(min ?? int.MaxValue, window.LeftFor(purpose));
        }

        return min;
    }
}

/// <summary>One sliding window of a quota: at most <paramref name="Limit"/> permits in any span of <paramref name="Length"/>.</summary>
/// <param name="Length">A second, a minute or a day.</param>
/// <param name="Limit">Permits in any such span.</param>
/// <param name="Used">Permits used in the span that ends now, and those that processes hold to use.</param>
/// <param name="InteractiveReserve">Permits of the limit that only <see cref="CallPurpose.Interactive"/> may use.</param>
/// <param name="RefillsAt">When the first of the used permits comes back, UTC; <see langword="null"/> when none is used.</param>
public sealed record ProviderQuotaWindow(TimeSpan Length, int Limit, int Used, int InteractiveReserve, DateTimeOffset? RefillsAt)
{
    /// <summary>Permits that a purpose may use now in this window.</summary>
    public int LeftFor(CallPurpose purpose) => Math.Max(0, Limit - Used - (purpose == CallPurpose.Interactive ? 0 : InteractiveReserve));
}
