using System.Globalization;
using System.Text;

namespace Quorum.Functions.Quotes;

/// <summary>The latency and outcome of one provider.</summary>
/// <param name="Provider">Its name in the API.</param>
/// <param name="Outcome">The outcome's name in the API.</param>
/// <param name="LatencyMs">0 when it was not called.</param>
internal readonly record struct ProviderTiming(string Provider, string Outcome, double LatencyMs)
{
    /// <summary>The value of a <c>Server-Timing</c> header: <c>finnhub;dur=38.2;desc="ok", …</c>.</summary>
    public static string ToHeader(IReadOnlyList<ProviderTiming> timings)
    {
        var text = new StringBuilder(capacity: 256);
        for (var i = 0; i < timings.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ")
                .Append(timings[i].Provider)
                .Append(CultureInfo.InvariantCulture, $";dur={Math.Round(timings[i].LatencyMs, 1)};desc=\"{timings[i].Outcome}\"");
        }

        return text.ToString();
    }

    /// <summary>One entry for each provider also where none was asked, and so none has a duration.</summary>
    public static string ToHeader(ProviderSelection providers) => providers.IsAll ? AllStored : Stored(providers);

    private static string Stored(ProviderSelection providers) =>
        string.Join(", ", providers.ToList().Select(id => $"{id};desc=\"stored\""));

    private static string AllStored { get; } = Stored(ProviderSelection.All);
}
