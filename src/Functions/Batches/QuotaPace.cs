using Quorum.Providers;

namespace Quorum.Functions.Batches;

/// <summary>Computes the quota that is left to batches over time.</summary>
internal static class QuotaPace
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Returns true if the permits become available within a time, without other batches.</summary>
    public static bool LetsThrough(ProviderQuota quota, int permits, TimeSpan within, DateTimeOffset now)
    {
        if (quota.ClosedUntil is { } until && until - now > within)
        {
            return false;
        }

        foreach (var window in quota.Windows)
        {
            var missing = permits - window.LeftFor(CallPurpose.Batch);
            var max = PermitsOf(window);
            if (missing > 0 && (max == 0 || Math.Ceiling(missing / (double)max) * window.Length > within))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The permits that there are now, or soon; <see langword="null"/> when nothing limits them. What counts by the second is no
    /// obstacle: a call waits for it by itself.</summary>
    public static int? Room(ProviderQuota quota)
    {
        int? min = null;
        foreach (var window in quota.Windows)
        {
            if (window.Length >= Minute)
            {
                var left = window.LeftFor(CallPurpose.Batch);
                min = Math.Min(min ?? int.MaxValue, left > 0 ? left : PermitsOf(window));
            }
        }

        return min;
    }

    private static int PermitsOf(ProviderQuotaWindow window) => Math.Max(0, window.Limit - window.InteractiveReserve);
}
