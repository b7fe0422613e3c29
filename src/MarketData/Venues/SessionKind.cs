using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>The part of a venue's day.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionKind>))]
public enum SessionKind
{
    /// <summary>No trading: night, weekend, holiday or lunch break.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>Extended trading before the opening.</summary>
    [JsonStringEnumMemberName("pre")]
    Pre,

    /// <summary>Regular trading.</summary>
    [JsonStringEnumMemberName("regular")]
    Regular,

    /// <summary>Extended trading after the close.</summary>
    [JsonStringEnumMemberName("post")]
    Post,
}
