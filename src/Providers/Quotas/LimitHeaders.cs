using System.Globalization;
using System.Net.Http.Headers;

namespace Quorum.Providers;

/// <summary>
/// Reads a provider's limit headers on a good answer: they may say that this was the last call for now, for instance because others use the
/// same key.
/// </summary>
internal static class LimitHeaders
{
    /// <summary>
    /// Returns the time for which the provider must not be called; <see langword="null"/> while it has calls left, or does not say.
    /// </summary>
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
