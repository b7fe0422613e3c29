using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>The structure of JSON without its values, as text: <c>{c: number, conditions: [text]}</c>.</summary>
internal static class JsonShape
{
    public static string Of(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object =>
                $"{{{string.Join(", ", element.EnumerateObject().Select(member => $"{member.Name}: {Of(member.Value)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(", ", element.EnumerateArray().Select(Of).Distinct())}]",
            JsonValueKind.Number => "number",
            JsonValueKind.String => "text",
            JsonValueKind.Null => "null",
            _ => "boolean",
        };
}
