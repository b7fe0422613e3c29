using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary>A symbol on the watchlist: its quote is kept at hand while its venue trades, as far as the providers' quotas allow.</summary>
/// <param name="Name">As the venue, <see langword="null"/> when the reference data lack the symbol, which is then asked for as a US ticker.</param>
/// <param name="MaxAge">How old its quote may become, in seconds.</param>
/// <param name="AddedAt">UTC.</param>
/// <param name="ChangedAt">UTC.</param>
internal sealed record WatchedSymbol(
    Symbol Symbol,
    string? Name,
    Mic? Venue,
    int MaxAge,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset AddedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ChangedAt)
{
    public static WatchedSymbol Of(WatchlistEntry entry, InstrumentCatalogue catalogue)
    {
        var instrument = catalogue.Find(entry.Symbol);
        return new WatchedSymbol(
            entry.Symbol, instrument?.Name, instrument?.Venue, (int)entry.MaxAge.TotalSeconds, entry.AddedAt, entry.ChangedAt);
    }
}
