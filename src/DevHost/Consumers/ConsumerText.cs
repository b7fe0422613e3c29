using System.Globalization;
using System.Text.Json;

namespace Quorum.DevHost.Consumers;

/// <summary>The consumers as lines for a terminal.</summary>
internal static class ConsumerText
{
    /// <summary>Returns a heading and a line for each consumer.</summary>
    /// <param name="consumers">The answer of <c>GET consumers</c>.</param>
    public static IEnumerable<string> Lines(JsonElement consumers)
    {
        var items = consumers.GetProperty("items");
        if (items.GetArrayLength() == 0)
        {
            return ["There are no consumers: everything belongs to one owner, and no key is needed in x-quorum-key."];
        }

        return items
            .EnumerateArray()
            .Select(consumer =>
                Line(
                    consumer.GetProperty("name").GetString(),
                    Limit(consumer, "perSecond"),
                    Limit(consumer, "perMinute"),
                    Limit(consumer, "perDay"),
                    consumer.GetProperty("createdAt").GetString(),
                    Providers(consumer)
                )
            )
            .Prepend(Line("NAME", "PER SECOND", "PER MINUTE", "PER DAY", "CREATED", "PROVIDERS"));
    }

    private static string Line(string? name, string perSecond, string perMinute, string perDay, string? created, string providers) =>
        $"{name, -24} {perSecond, 10} {perMinute, 10} {perDay, 10}  {created, -28} {providers}";

    private static string Limit(JsonElement consumer, string name) =>
        consumer.TryGetProperty(name, out var limit) && limit.ValueKind == JsonValueKind.Number
            ? limit.GetInt32().ToString(CultureInfo.InvariantCulture)
            : "-";

    private static string Providers(JsonElement consumer) =>
        consumer.TryGetProperty("providers", out var providers) && providers.ValueKind == JsonValueKind.Array
            ? string.Join(",", providers.EnumerateArray().Select(provider => provider.GetString()))
            : "all";
}
