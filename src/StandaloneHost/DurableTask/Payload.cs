using System.Text.Json;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>A value that is already JSON: it is stored and read unchanged.</summary>
/// <param name="Json">The JSON text.</param>
internal sealed record Payload(string Json);

/// <summary>Converts inputs, results and events by the worker's JSON options.</summary>
internal sealed class PayloadConverter(JsonSerializerOptions options) : DataConverter
{
    /// <inheritdoc />
    public override string? Serialize(object? value) =>
        value switch
        {
            null => null,
            Payload payload => payload.Json,
            _ => JsonSerializer.Serialize(value, value.GetType(), options),
        };

    /// <inheritdoc />
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
        {
            return null;
        }

        return targetType == typeof(Payload) ? new Payload(data) : JsonSerializer.Deserialize(data, targetType, options);
    }

    /// <summary>Reads a payload; a missing one or a JSON null gives the type's default value.</summary>
    public T? Read<T>(string? json) => json is null or "null" ? default : JsonSerializer.Deserialize<T>(json, options);
}
