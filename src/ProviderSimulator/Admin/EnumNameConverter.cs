using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>Reads and writes an enumeration by its names; a number is an error.</summary>
internal sealed class EnumNameConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
