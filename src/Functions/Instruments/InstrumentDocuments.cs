using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.Instruments;

/// <summary>The kind of an instrument.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InstrumentKind>))]
internal enum InstrumentKind
{
    /// <summary>A security listed at a venue.</summary>
    [JsonStringEnumMemberName("listing")]
    Listing,

    /// <summary>A pair of currencies.</summary>
    [JsonStringEnumMemberName("fx")]
    Fx,
}

/// <summary>An instrument of the reference data.</summary>
/// <param name="Venue">ISO 10383.</param>
/// <param name="Isin">ISO 6166; <see langword="null"/> where it is not certain.</param>
/// <param name="Currency">The currency of the price.</param>
internal sealed record InstrumentDocument(Symbol Symbol, InstrumentKind Kind, string Name, Mic Venue, string? Isin, CurrencyCode Currency)
{
    public static InstrumentDocument Of(Instrument instrument) =>
        new(instrument.Symbol, InstrumentKind.Listing, instrument.Name, instrument.Venue, instrument.Isin, instrument.Currency);
}

/// <summary>An instrument with all of its reference data.</summary>
/// <param name="Venue">ISO 10383; <see langword="null"/> for a pair of currencies.</param>
/// <param name="Isin">ISO 6166; <see langword="null"/> where it is not certain, and for a pair of currencies.</param>
/// <param name="Base">The currency of which one unit is priced; <see langword="null"/> for a listing.</param>
/// <param name="Currency">The currency of the price.</param>
/// <param name="Providers">The providers that list it, with their spellings.</param>
/// <param name="Market">The trading hours; <see langword="null"/> when the venue's hours are not known, and for a pair of
/// currencies.</param>
internal sealed record InstrumentDetails(
    Symbol Symbol,
    InstrumentKind Kind,
    string Name,
    Mic? Venue,
    string? Isin,
    CurrencyCode? Base,
    CurrencyCode Currency,
    IReadOnlyList<InstrumentListing> Providers,
    Market? Market
);

/// <summary>A provider that lists an instrument.</summary>
/// <param name="Id">The provider.</param>
/// <param name="Symbol">The instrument in its spelling.</param>
/// <param name="Unit">Of its prices: an ISO 4217 code, or a minor unit such as <c>GBX</c>.</param>
internal sealed record InstrumentListing(ProviderId Id, string Symbol, string? Unit);

/// <summary>A venue and its trading, by its own clock.</summary>
/// <param name="Mic">ISO 10383.</param>
/// <param name="Country">ISO 3166, two letters.</param>
/// <param name="TimeZone">IANA.</param>
/// <param name="IsOpen">True during regular trading.</param>
/// <param name="Session">The current session, else the last one.</param>
/// <param name="NextSession">The first session that opens after now.</param>
internal sealed record Market(
    Mic Mic,
    string Name,
    string Country,
    string TimeZone,
    CurrencyCode Currency,
    bool IsOpen,
    MarketSession Session,
    MarketSession NextSession
)
{
    public static Market At(Venue venue, DateTimeOffset now) =>
        new(
            venue.Mic,
            venue.Name,
            venue.Country,
            venue.TimeZone,
            venue.Currency,
            venue.Calendar.IsOpen(now),
            MarketSession.Of(venue.Calendar.CurrentOrLast(now)),
            MarketSession.Of(venue.Calendar.Next(now))
        );
}

/// <summary>One session of a venue.</summary>
/// <param name="TradingDate">In the venue's calendar.</param>
/// <param name="Open">UTC.</param>
/// <param name="Close">UTC, exclusive.</param>
internal sealed record MarketSession(
    DateOnly TradingDate,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Open,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Close
)
{
    public static MarketSession Of(TradingSession session) => new(session.TradingDate, session.Open, session.Close);
}
