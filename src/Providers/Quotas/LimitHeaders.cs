using System.Globalization;
using System.Net.Http.Headers;

namespace Quorum.Providers;

/// <summary>What a provider's limit headers say beside a good answer: that this was the last call for now, perhaps since somebody else uses
/// the same key.</summary>
internal static class LimitHeaders
{
    /// <summary>How long to leave the provider alone; <see langword="null"/> while it has calls left, or does not say.</summary>
    public static TimeSpan? Pause(HttpResponseHeaders headers, DateTimeOffset receivedAt)
    {
        if (IsZero(headers, "X-RateLimit-Remaining"))
        {
            return TimeSpan.FromSeconds(
                WaitTime.UntilReset(headers, receivedAt) ?? WaitTime.UntilEnd(RateWindow.CalendarMinute, receivedAt)
            );
        }

        return IsZero(headers, "api-credits-left") ? TimeSpan.FromSeconds(WaitTime.UntilEnd(RateWindow.CalendarMinute, receivedAt)) : null;
    }

    private static bool IsZero(HttpResponseHeaders headers, string name) =>
        WaitTime.First(headers, name) is { } text
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
        && left <= 0;
}
