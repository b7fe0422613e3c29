using Quorum.MarketData;

namespace Quorum.Functions.Venues;

/// <summary>The venues at which instruments can be asked for.</summary>
internal sealed record VenueList(IReadOnlyList<VenueDocument> Venues);

/// <summary>A venue at which instruments can be asked for.</summary>
/// <param name="Mic">ISO 10383. A symbol names it after a colon: <c>VOD:XLON</c>; a US listing names none.</param>
/// <param name="Segments">ISO 10383 codes that mean the venue, too.</param>
/// <param name="Country">ISO 3166, two letters.</param>
/// <param name="Currency">The currency that most of its listings trade in.</param>
/// <param name="Units">The units that prices may come in, the usual one first: ISO 4217 codes, and minor units such as <c>GBX</c>
/// (pence).</param>
/// <param name="TimeZone">IANA.</param>
/// <param name="Weekdays">The days with trading.</param>
/// <param name="RegularHours">The sessions of a trading day in local time.</param>
/// <param name="PreMarketHours">Extended trading before the opening in local time; <see langword="null"/> where there is none.</param>
/// <param name="PostMarketHours">Extended trading after the close in local time; <see langword="null"/> where there is none.</param>
/// <param name="Holidays">Weekdays without trading, as far as they are known; empty for a venue without a list.</param>
/// <param name="Session">The part of its day now.</param>
/// <param name="Suffixes">Suffixes after a point that mean the venue in vendors' symbols: <c>L</c> in <c>VOD.L</c>.</param>
/// <param name="Providers">Each provider that lists the venue, with its spelling of the ticker <c>*</c> there.</param>
internal sealed record VenueDocument(
    Mic Mic,
    IReadOnlyList<Mic> Segments,
    string Name,
    string Country,
    CurrencyCode Currency,
    IReadOnlyList<string> Units,
    string TimeZone,
    string Weekdays,
    string RegularHours,
    string? PreMarketHours,
    string? PostMarketHours,
    IReadOnlyCollection<DateOnly> Holidays,
    SessionKind Session,
    IReadOnlyList<string> Suffixes,
    IReadOnlyList<VenueSpelling> Providers
)
{
    public static VenueDocument At(Venue venue, DateTimeOffset now) =>
        new(
            venue.Mic,
            venue.Segments,
            venue.Name,
            venue.Country,
            venue.Currency,
            [.. venue.QuoteUnits.Select(unit => unit.Name)],
            venue.TimeZone,
            venue.Weekdays,
            venue.RegularHours,
            venue.PreMarketHours,
            venue.PostMarketHours,
            venue.Holidays,
            venue.Calendar.SessionAt(now),
            venue.Suffixes,
            [.. ProviderId.All.Where(venue.IsListedBy).Select(provider => new VenueSpelling(provider, venue.SpellingOf(provider)!))]
        ); // Not null: listed.
}

/// <summary>A provider's spelling of symbols at a venue.</summary>
/// <param name="Id">The provider.</param>
/// <param name="Spelling">With <c>*</c> for the ticker: <c>*.L</c>.</param>
internal sealed record VenueSpelling(ProviderId Id, string Spelling);
