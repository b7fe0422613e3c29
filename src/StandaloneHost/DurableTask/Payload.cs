using System.Text.Json;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>A value that is already JSON: it is stored and read unchanged.</summary>
/// <param name="Json">The JSON text.</param>
internal sealed record Payload(string Json);

/// <summary>Converts inputs, results and events by the worker's JSON options. What this process has written it hands over without parsing
/// it (<see cref="PayloadHandover"/>).</summary>
internal sealed class PayloadConverter(JsonSerializerOptions options) : DataConverter
{
    private readonly PayloadHandover _handover = new();

    /// <inheritdoc />
    public override string? Serialize(object? value)
    {
        switch (value)
        {
            case null:
                return null;
            case Payload payload:
                return payload.Json;
            default:
                var json = JsonSerializer.Serialize(value, value.GetType(), options);
                _handover.Offer(json, value is object[] and [{ } argument] ? argument : value); // an activity's input is an array of one
                return json;
        }
    }

    /// <inheritdoc />
    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null)
        {
            return null;
        }

        return targetType == typeof(Payload)
            ? new Payload(data)
            : _handover.Take(data, targetType) ?? JsonSerializer.Deserialize(data, targetType, options);
    }

    /// <summary>Reads the input of an activity, which DurableTask.Core keeps as an array of one argument.</summary>
    public T? ReadArgument<T>(string? json) =>
        json is not null && _handover.Take(json, typeof(T)) is T argument ? argument : Read<T>(json is ['[', .., ']'] ? json[1..^1] : json);

    /// <summary>Reads a payload; a missing one or a JSON null gives the type's default value.</summary>
    public T? Read<T>(string? json) => json is null or "null" ? default : JsonSerializer.Deserialize<T>(json, options);
}
