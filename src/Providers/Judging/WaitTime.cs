using System.Globalization;
using System.Net.Http.Headers;

namespace Quorum.Providers;

/// <summary>
/// Computes the time until a provider may be called again, in seconds (rule N7): from its headers first, then from its window.
/// </summary>
internal static class WaitTime
{
    /// <summary>The wait after a window that has already ended: a small pause, in seconds.</summary>
    private const double SmallPause = 1;

    /// <summary>No provider has a window longer than a day; a longer wait is a nonsense value (milliseconds taken for seconds,
    /// say).</summary>
    private const double MaxSensible = 48 * 3600;

    /// <summary>September 2001: a smaller number is a count of seconds or nonsense, no Unix time. A later one in the past is an ended
    /// window.</summary>
    private const long EarliestSensibleReset = 1_000_000_000;

    /// <summary>Returns the wait after a refused call, in seconds.</summary>
    public static double After(in ProviderAnswer answer, RateWindow window) =>
        RetryAfter(answer) ?? UntilReset(answer.Headers, answer.ReceivedAt) ?? UntilEnd(window, answer.ReceivedAt);

    /// <summary>
    /// Returns the wait in <c>Retry-After</c>, given in seconds or as an HTTP date; <see langword="null"/> if it is missing or invalid.
    /// </summary>
    public static double? RetryAfter(in ProviderAnswer answer)
    {
        if (First(answer.Headers, "Retry-After") is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return Sensible(seconds);
        }

        // In any of the forms that HTTP allows.
        return RetryConditionHeaderValue.TryParse(text, out var condition) && condition.Date is { } date
            ? Sensible((date - answer.ReceivedAt).TotalSeconds)
            : null;
    }

    /// <summary>Until the time in <c>X-RateLimit-Reset</c>; <see langword="null"/> without it or when it makes no sense.</summary>
    public static double? UntilReset(HttpResponseHeaders headers, DateTimeOffset now) =>
        First(headers, "X-RateLimit-Reset") is { } text
        && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var unixSeconds)
        && unixSeconds > EarliestSensibleReset
            ? Sensible(unixSeconds - (now.ToUnixTimeMilliseconds() / 1000.0))
            : null;

    /// <summary>Returns the time until the window ends, in seconds.</summary>
    public static double UntilEnd(RateWindow window, DateTimeOffset now) =>
        window switch
        {
            RateWindow.Second => 2,
            RateWindow.RollingMinute => 60,
            RateWindow.CalendarMinute => Math.Max(
                SmallPause,
                Rounded(60 - (now.UtcTicks % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerSecond))
            ),
            _ => Math.Max(SmallPause, Rounded((new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) - now).TotalSeconds)),
        };

    private static double? Sensible(double seconds) => seconds > MaxSensible ? null : Rounded(Math.Max(seconds, SmallPause));

    private static double Rounded(double seconds) => Math.Round(seconds, 1, MidpointRounding.AwayFromZero);

    /// <summary>The header's first value; <see langword="null"/> without it.</summary>
    public static string? First(HttpResponseHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value.Trim();
            }
        }

        return null;
    }
}
