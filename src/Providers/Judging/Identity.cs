using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Compares the venue that an answer names with the one that was asked for (N25).</summary>
internal static class Identity
{
    /// <summary>True if the answer names a known venue that is another one. A segment means its operating venue (<c>XNGS</c> is Nasdaq),
    /// and the United States are one market.</summary>
    /// <param name="mic">ISO 10383, as the answer has it; <see langword="null"/> when it names none.</param>
    /// <param name="exchange">The vendor's name of the exchange, which counts where the code says nothing; <see langword="null"/> when it
    /// names none.</param>
    public static bool IsAnotherVenue(ProviderListing listing, string? mic, string? exchange)
    {
        if (Mic.TryParse(mic, out var code) && Venue.Find(code) is { } named)
        {
            return !IsAskedFor(named, listing);
        }

        var known = false;
        foreach (var venue in Venue.All)
        {
            if (exchange is not null && venue.VendorNames.Contains(exchange, StringComparer.OrdinalIgnoreCase))
            {
                if (IsAskedFor(venue, listing))
                {
                    return false; // several venues may share a name, such as Euronext
                }

                known = true;
            }
        }

        return known;
    }

    private static bool IsAskedFor(Venue venue, ProviderListing listing) =>
        (listing.Venue ?? listing.Symbol.Venue) is { } asked && Venue.Find(asked) is { IsUnitedStates: false } elsewhere
            ? venue.Mic == elsewhere.Mic
            : venue.IsUnitedStates;
}
