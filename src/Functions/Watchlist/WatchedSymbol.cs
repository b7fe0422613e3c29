using System.Text.Json.Serialization;
using Quorum.Functions.Prefetch;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary>A symbol on the watchlist: its quote is refreshed while its venue trades, as far as the providers' quotas allow.</summary>
/// <param name="Name">
/// The instrument's name, such as EUR/USD for a currency pair; <see langword="null"/> when the reference data lack the symbol, which is then
/// requested as a US ticker.
/// </param>
/// <param name="MaxAge">The maximum age of its quote, in seconds.</param>
/// <param name="AddedAt">UTC.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="LastRefreshed">The publication of its latest quote from all providers, UTC; <see langword="null"/> for none.</param>
/// <param name="NextRefresh">
/// The time from which it is refreshed again, UTC; in the past when it is due; <see langword="null"/> when that is at once or not known.
/// </param>
/// <param name="Reason">
/// The reason for no refresh now: <c>prefetch-off</c>, <c>venue-closed</c>, <c>venue-hours-unknown</c>, <c>quota-exhausted</c>, or the
/// outcome of most providers (<c>unknown-symbol</c>, <c>no-price</c>, <c>timed-out</c> ...); <see langword="null"/> while it is refreshed.
/// </param>
/// <param name="Detail">The reason as a sentence.</param>
internal sealed record WatchedSymbol(
    Symbol Symbol,
    string? Name,
    Mic? Venue,
    int MaxAge,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset AddedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ChangedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastRefreshed,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? NextRefresh,
    string? Reason,
    string? Detail
)
{
    /// <summary>For the master key: the consumers that watch it, ordered by name; left out when there are none. <c>maxAge</c> is then the
    /// smallest of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Owners { get; init; }

    public static WatchedSymbol Of(WatchlistEntry entry, RefreshForecast forecast, InstrumentCatalogue catalogue)
    {
        var instrument = catalogue.Find(entry.Symbol);
        return new WatchedSymbol(
            entry.Symbol,
            instrument is null ? CurrencyPair.Of(entry.Symbol)?.ToString() : instrument.Name, // as the quote and GET instruments say
            instrument?.Venue,
            (int)entry.MaxAge.TotalSeconds,
            entry.AddedAt,
            entry.ChangedAt,
            entry.Refresh?.LatestAt,
            forecast.Next,
            forecast.Reason,
            forecast.Detail
        )
        {
            Owners = entry.Owners,
        };
    }
}
