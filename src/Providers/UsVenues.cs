using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The United States as one market, as the providers see it: they list a US ticker once, whatever exchange it is listed
/// on.</summary>
internal static class UsVenues
{
    /// <summary>
    /// Returns true if the symbol means a US listing (no venue, or a US one), or a currency pair, which has no venue either.
    /// </summary>
    public static bool Lists(Symbol symbol) => symbol.Venue is not { } venue || Venue.Find(venue) is { IsUnitedStates: true };
}
