using System.Text.Json;

namespace Quorum.Functions.Http;

internal static class JsonText
{
    /// <summary>A text; <see langword="null"/> where the element is none, or JSON could say it and Unicode cannot: half a surrogate
    /// pair.</summary>
    public static string? TextOf(this JsonElement element)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
