using System.Globalization;

namespace Quorum.MarketData.Tests;

/// <summary>Short ways to write moments and days in tests.</summary>
internal static class Utc
{
    /// <summary>An instant from text such as <c>2025-06-18 17:32</c>, in UTC.</summary>
    public static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
