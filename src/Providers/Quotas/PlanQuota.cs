using System.Runtime.InteropServices;

namespace Quorum.Providers;

/// <summary>The published limits of a plan; <see langword="null"/> for no limit of that kind.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlanQuota(int? PerSecond = null, int? PerMinute = null, int? PerDay = null)
{
    /// <summary>The limits in force: those configured, else the plan's.</summary>
    public IReadOnlyList<QuotaLimit> With(QuotaOptions options)
    {
        List<QuotaLimit> limits = [];
        Add(TimeSpan.FromSeconds(1), options.PerSecond ?? PerSecond);
        Add(TimeSpan.FromMinutes(1), options.PerMinute ?? PerMinute);
        Add(TimeSpan.FromDays(1), options.PerDay ?? PerDay);
        return limits;

        // A limit too small to be divided has no reserve: batches would never get a call.
        void Add(TimeSpan length, int? permits)
        {
            if (permits is { } max)
            {
                limits.Add(new QuotaLimit(length, max, (int)(max * options.InteractiveReserve)));
            }
        }
    }
}
