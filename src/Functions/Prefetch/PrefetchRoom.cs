using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Prefetch;

/// <summary>The quota of the enabled providers that is left to prefetching.</summary>
internal sealed class PrefetchRoom
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly List<Share> _shares = [];

    /// <summary>The room that the enabled providers leave now.</summary>
    public static async Task<PrefetchRoom> ReadAsync(ProviderFleet fleet, CancellationToken cancellationToken)
    {
        var room = new PrefetchRoom();
        foreach (var provider in ProviderId.All)
        {
            if (fleet.IsEnabled(provider))
            {
                room.Add(await fleet.QuotaForAsync(provider, cancellationToken));
            }
        }

        return room;
    }

    public void Add(ProviderQuota quota) => _shares.Add(new Share(quota.Provider, Left(quota), RefillsAt(quota)));

    /// <summary>The symbols that can be refreshed, in their order: each by at least a share of the providers that list it. One that cannot
    /// does not keep back those behind it, which other providers may list.</summary>
    public IReadOnlyList<Symbol> Take(IEnumerable<Symbol> symbols, ProviderListings listings, ProviderFleet fleet, double leastShare)
    {
        var taken = new List<Symbol>();
        var able = new List<Share>(_shares.Count);
        foreach (var symbol in symbols)
        {
            if (IsRoomFor(symbol, listings, fleet, leastShare, able))
            {
                taken.Add(symbol);
                able.ForEach(share => share.Taken++);
            }
        }

        return taken;
    }

    /// <summary>True if the symbol alone can be refreshed.</summary>
    public bool IsRoomFor(Symbol symbol, ProviderListings listings, ProviderFleet fleet, double leastShare) =>
        IsRoomFor(symbol, listings, fleet, leastShare, new List<Share>(_shares.Count));

    /// <summary>The time at which the first provider that lists the symbol has quota again, UTC; <see langword="null"/> when it is not
    /// known.</summary>
    public DateTimeOffset? RefillsAt(Symbol symbol, ProviderListings listings) =>
        _shares.Where(share => share.Left is not null && listings.Find(symbol, share.Provider) is not null).Min(share => share.RefillsAt);

    /// <summary>Returns the minimum number of an instrument's providers that must take part.</summary>
    public static int Least(int listing, double share) => Math.Max(1, (int)Math.Ceiling(listing * share));

    /// <summary>Permits in the windows of a minute and longer: for those of a second a call waits by itself.</summary>
    private static int? Left(ProviderQuota quota)
    {
        if (quota.ClosedUntil is not null)
        {
            return 0;
        }

        int? min = null;
        foreach (var window in quota.Windows)
        {
            if (window.Length >= Minute)
            {
                min = Math.Min(min ?? int.MaxValue, window.LeftFor(CallPurpose.Prefetch));
            }
        }

        return min;
    }

    private bool IsRoomFor(Symbol symbol, ProviderListings listings, ProviderFleet fleet, double leastShare, List<Share> able)
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

        return able.Count > 0 && able.Count >= Least(listing, leastShare);
    }

    private static DateTimeOffset? RefillsAt(ProviderQuota quota) =>
        quota.ClosedUntil
        ?? quota
            .Windows.Where(window => window.Length >= Minute && window.LeftFor(CallPurpose.Prefetch) == 0)
            .Max(window => window.RefillsAt);

    private sealed class Share(ProviderId provider, int? left, DateTimeOffset? refillsAt)
    {
        public ProviderId Provider { get; } = provider;

        public int? Left { get; } = left;

        public DateTimeOffset? RefillsAt { get; } = refillsAt;

        /// <summary>Symbols that it will be asked for.</summary>
        public int Taken { get; set; }
    }
}
