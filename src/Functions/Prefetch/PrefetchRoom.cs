using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Prefetch;

/// <summary>How much the quotas of the enabled providers leave to prefetching.</summary>
internal sealed class PrefetchRoom
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly List<Share> _shares = [];

    public void Add(ProviderQuota quota) => _shares.Add(new Share(quota.Provider, Left(quota)));

    /// <summary>The symbols that can be refreshed, in their order: each by at least a share of the providers that list it. One that cannot does not keep
    /// back those behind it, which other providers may list.</summary>
    public IReadOnlyList<Symbol> Take(IEnumerable<Symbol> symbols, ProviderListings listings, ProviderFleet fleet, double leastShare)
    {
        var taken = new List<Symbol>();
        var able = new List<Share>(_shares.Count);
        foreach (var symbol in symbols)
        {
            able.Clear();
            var listing = 0;
            foreach (var share in _shares)
            {
                if (listings.Find(symbol, share.Provider) is not null)
                {
                    listing++;
                    if (share.Left is not { } left || fleet.PermitsFor(share.Provider, share.Taken + 1) <= left)
                    {
                        able.Add(share);
                    }
                }
            }

            if (able.Count > 0 && able.Count >= Least(listing, leastShare))
            {
                taken.Add(symbol);
                able.ForEach(share => share.Taken++);
            }
        }

        return taken;
    }

    /// <summary>How many of an instrument's providers must take part.</summary>
    public static int Least(int listing, double share) => Math.Max(1, (int)Math.Ceiling(listing * share));

    /// <summary>Permits in the windows of a minute and longer: for those of a second a call waits by itself.</summary>
    private static int? Left(ProviderQuota quota)
    {
        if (quota.ClosedUntil is not null)
        {
            return 0;
        }

        int? least = null;
        foreach (var window in quota.Windows)
        {
            if (window.Length >= Minute)
            {
                least = Math.Min(least ?? int.MaxValue, window.LeftFor(CallPurpose.Prefetch));
            }
        }

        return least;
    }

    private sealed class Share(ProviderId provider, int? left)
    {
        public ProviderId Provider { get; } = provider;

        public int? Left { get; } = left;

        /// <summary>Symbols that it will be asked for.</summary>
        public int Taken { get; set; }
    }
}
