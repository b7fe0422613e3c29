namespace Quorum.MarketData;

/// <summary>The years of which a quote can be (N24): a time outside is missing, never a quote of 1970.</summary>
internal static class PlausibleTime
{
    public static readonly DateTimeOffset First = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first instant after the plausible times.</summary>
    public static readonly DateTimeOffset Last = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static bool Contains(long utcTicks) => utcTicks >= First.Ticks && utcTicks < Last.Ticks;

    public static bool Contains(DateOnly date) => date.Year >= First.Year && date.Year < Last.Year;
}
