using System.Text.Json;
using System.Text.RegularExpressions;

namespace Quorum.RequestTable;

/// <summary>An answer in the form of the table: its status, our headers, and the shape of its body.</summary>
internal static partial class AnswerText
{
    /// <summary>Headers whose value is the same in every run.</summary>
    private static readonly string[] WithValue = ["Content-Type", "Cache-Control", "Allow", "Location"];

    /// <summary>Headers whose value depends on time or content.</summary>
    private static readonly string[] WithoutValue =
    [
        "ETag",
        "Age",
        "Retry-After",
        "Server-Timing",
        "X-Quorum-Completeness",
        "WWW-Authenticate",
        "Set-Cookie",
    ];

    /// <summary>Describes an answer in one line.</summary>
    /// <param name="address">The app's address, which its answers may repeat.</param>
    /// <param name="run">The text that replaced <c>{run}</c>.</param>
    public static string Of(HttpResponseMessage response, string body, string address, string run)
    {
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        string[] parts =
        [
            ((int)response.StatusCode).ToString(),
            .. WithValue.Where(headers.ContainsKey).Select(name => $"{name}: {Steady(headers[name])}"),
            .. WithoutValue.Where(headers.ContainsKey),
            Shape(body),
        ];
        return string.Join(" | ", parts);

        string Steady(string text) =>
            Instance()
                .Replace(
                    text.Replace(address, "", StringComparison.OrdinalIgnoreCase).Replace(run, "{run}", StringComparison.Ordinal),
                    "{id}"
                );
    }

    /// <summary>
    /// Returns the names of a JSON object's members, one level into its arrays; for a problem also its type. Null and non-null values look
    /// the same, since the market decides which members are null.
    /// </summary>
    private static string Shape(string body)
    {
        if (body.Length == 0)
        {
            return "no body";
        }

        if (body[0] is not ('{' or '['))
        {
            return "text";
        }

        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return Shape(root, depth: 0)
            + (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type", out var type) ? $" {type}" : "");
    }

    private static string Shape(JsonElement value, int depth) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when depth <= 1 =>
                $"{{{string.Join(',', value.EnumerateObject().Select(member => member.Name + Inner(member.Value, depth)))}}}",
            JsonValueKind.Array => $"[{(value.GetArrayLength() == 0 ? "" : Shape(value[0], depth + 1))}]",
            _ => "",
        };

    private static string Inner(JsonElement value, int depth) =>
        depth == 0 && value.ValueKind == JsonValueKind.Array ? Shape(value, depth) : "";

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Instance();
}
