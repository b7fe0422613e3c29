using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Prefetch;

/// <summary>Decides what to refresh now: what is about to be too old, while its venue trades, as far as the providers' quotas allow beyond
/// what is reserved for callers who wait.</summary>
public sealed class PrefetchPlanner(
    RefreshStore refreshes,
    InstrumentCatalogue catalogue,
    ProviderFleet fleet,
    ProviderListings listings,
    TimeProvider time,
    IOptions<PrefetchOptions> options
)
{
    private readonly PrefetchOptions _options = options.Value;

    /// <summary>Claims what is to be refreshed, and gives it as messages.</summary>
    internal async Task<IReadOnlyList<PrefetchMessage>> PlanAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var query = new RefreshQuery(
            _options.Lead,
            _options.PopularSymbols,
            _options.LeastPopularity,
            _options.HalfLife,
            TimeSpan.FromSeconds(_options.PopularMaxAge),
            Most: _options.LargestWatchlist + _options.PopularSymbols
        );
        var due = await refreshes.FindDueAsync(query, now, cancellationToken);
        List<Symbol> open = [.. due.Where(refresh => IsTrading(refresh.Symbol, now)).Select(refresh => refresh.Symbol)];
        if (open.Count == 0)
        {
            return [];
        }

        var affordable = (await PrefetchRoom.ReadAsync(fleet, cancellationToken)).Take(
            open,
            listings,
            fleet,
            _options.LeastShareOfProviders
        );
        if (affordable.Count == 0)
        {
            return [];
        }

        var expiresAt = now + _options.MessageLife;
        var claimed = await refreshes.ClaimAsync(
            affordable,
            expiresAt + TimeSpan.FromMilliseconds(_options.BudgetMs),
            now,
            cancellationToken
        );
        var mine = claimed.ToHashSet();
        return
        [
            .. affordable
                .Where(mine.Contains)
                .Chunk(_options.SymbolsPerMessage)
                .Select(symbols => new PrefetchMessage(now, expiresAt, symbols)),
        ];
    }

    /// <summary>A venue whose hours are not known is not polled either: it might be closed.</summary>
    private bool IsTrading(Symbol symbol, DateTimeOffset now) => _options.AllHours || CalendarOf(symbol, catalogue)?.IsOpen(now) is true;

    /// <summary>The trading times of the symbol's venue; <see langword="null"/> when they are not known.</summary>
    internal static TradingCalendar? CalendarOf(Symbol symbol, InstrumentCatalogue catalogue) =>
        Venue.Of(symbol, catalogue.Find(symbol)?.Venue)?.Calendar;
}
