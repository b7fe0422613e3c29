using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>An input, result or event as UTF-8 JSON; none at all is the default value.</summary>
internal readonly record struct Payload(ReadOnlyMemory<byte> Utf8)
{
    public static Payload None => default;

    public bool IsNone => Utf8.IsEmpty;

    public static Payload FromJson(string? json) => json is null ? None : new Payload(Encoding.UTF8.GetBytes(json));

    /// <summary><see langword="null"/> for none.</summary>
    public string? ToJson() => IsNone ? null : Encoding.UTF8.GetString(Utf8.Span);

    public override string ToString() => ToJson() ?? "";
}

/// <summary>Turns values into payloads and back, by the worker's JSON options.</summary>
internal sealed class PayloadSerializer(JsonSerializerOptions options)
{
    public JsonSerializerOptions Options { get; } = options;

    /// <summary>The same rules for the package's types.</summary>
    public DataConverter Converter { get; } = new JsonDataConverter(options);

    /// <summary>A value that is a payload already passes as it is.</summary>
    public Payload Serialize(object? value) => value switch
    {
        null => Payload.None,
        Payload payload => payload,
        _ => new Payload(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Options)),
    };

    public T? Deserialize<T>(Payload payload) =>
        payload.IsNone ? default : JsonSerializer.Deserialize<T>(payload.Utf8.Span, Options);

    public object? Deserialize(Payload payload, Type type) =>
        payload.IsNone ? null : JsonSerializer.Deserialize(payload.Utf8.Span, type, Options);
}
