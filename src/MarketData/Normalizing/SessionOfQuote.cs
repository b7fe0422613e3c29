namespace Quorum.MarketData;

/// <summary>Finds the session in which a price was made (N8b).</summary>
internal static class SessionOfQuote
{
    /// <summary>The delay within which the closing cross is reported, where extended trading follows the close.</summary>
    private static readonly TimeSpan ReportOfCross = TimeSpan.FromSeconds(15);

    /// <summary>Elsewhere a closing auction follows continuous trading.</summary>
    private static readonly TimeSpan ClosingAuction = TimeSpan.FromMinutes(10);

    /// <param name="asOf">The time of the price; <see langword="null"/> when only its day is known.</param>
    /// <param name="venue"><see langword="null"/> when its hours are not known.</param>
    /// <returns><see langword="null"/> when the time or the venue's hours are not known.</returns>
    public static SessionKind? Find(DateTimeOffset? asOf, AsOfPrecision? precision, QuoteFreshness freshness, Venue? venue)
    {
        if (precision is AsOfPrecision.Session or AsOfPrecision.Day || (precision is not null && freshness == QuoteFreshness.EndOfDay))
        {
            return SessionKind.Regular; // the bar of a trading day holds regular trades
        }

        if (asOf is not { } instant || venue is null)
        {
            return null;
        }

        var closing = venue.PostMarketHours is null ? ClosingAuction : ReportOfCross;
        return instant <= venue.Calendar.CurrentOrLast(instant).Close + closing ? SessionKind.Regular : venue.Calendar.SessionAt(instant);
    }
}
