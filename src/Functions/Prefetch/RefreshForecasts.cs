using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Prefetch;

/// <summary>Tells for a watched symbol why the timer does not refresh it now, and when it will.</summary>
public sealed class RefreshForecasts(
    ProviderFleet fleet,
    ProviderListings listings,
    InstrumentCatalogue catalogue,
    TimeProvider time,
    IOptions<PrefetchOptions> options
)
{
    private readonly PrefetchOptions _options = options.Value;

    /// <summary>The forecast of each entry, in their order.</summary>
    internal async Task<IReadOnlyList<RefreshForecast>> OfAsync(IReadOnlyList<WatchlistEntry> entries, CancellationToken cancellationToken)
    {
        if (!_options.Enabled)
        {
            return
            [
                .. entries.Select(_ => new RefreshForecast(
                    null,
                    "prefetch-off",
                    "Quorum:Prefetch:Enabled is false: no symbol is refreshed."
                )),
            ];
        }

        var room = await PrefetchRoom.ReadAsync(fleet, cancellationToken);
        var now = time.GetUtcNow();
        return [.. entries.Select(entry => Of(entry, room, now))];
    }

    private RefreshForecast Of(WatchlistEntry entry, PrefetchRoom room, DateTimeOffset now)
    {
        var calendar = PrefetchPlanner.CalendarOf(entry.Symbol, catalogue);
        if (calendar is null && !_options.AllHours)
        {
            return new RefreshForecast(null, "venue-hours-unknown", "The trading hours of the symbol's venue are not known.");
        }

        if (calendar?.IsOpen(now) is false && !_options.AllHours)
        {
            return new RefreshForecast(calendar.Next(now).Open, "venue-closed", "The symbol's venue is closed.");
        }

        var due = entry.Refresh?.LatestAt + entry.MaxAge - _options.Lead;
        if (entry.Refresh is { Failures: > 0, NotBefore: { } pausedUntil } failed)
        {
            var reason = failed.Reason ?? ApiName<FetchStatus>.Of(FetchStatus.NoPrice);
            return new RefreshForecast(
                pausedUntil,
                reason,
                $"The last refresh gave no quote (failures in a row: {failed.Failures}); the most frequent outcome was {reason}."
            );
        }

        return room.IsRoomFor(entry.Symbol, listings, fleet, _options.LeastShareOfProviders)
            ? new RefreshForecast(due, null, null)
            : new RefreshForecast(
                room.RefillsAt(entry.Symbol, listings),
                ApiName<FetchStatus>.Of(FetchStatus.QuotaExhausted),
                "Too few of the providers that list the symbol have quota left beyond the interactive reserve."
            );
    }
}

/// <summary>The next refresh of a watched symbol.</summary>
/// <param name="Next">
/// The time from which it is refreshed, UTC; in the past when it is due; <see langword="null"/> when it has no quote yet, or the time is
/// not known.
/// </param>
/// <param name="Reason">The reason for no refresh now, as a stable name; <see langword="null"/> when it is refreshed.</param>
/// <param name="Detail">The reason as a sentence.</param>
internal sealed record RefreshForecast(DateTimeOffset? Next, string? Reason, string? Detail);
