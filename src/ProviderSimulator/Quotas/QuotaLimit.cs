using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>The span in which calls are counted.</summary>
[JsonConverter(typeof(EnumNameConverter<QuotaSpan>))]
internal enum QuotaSpan
{
    [JsonStringEnumMemberName("second")]
    Second,

    [JsonStringEnumMemberName("minute")]
    Minute,

    [JsonStringEnumMemberName("day")]
    Day,
}

/// <summary>The kind of a window: sliding with the clock, or starting anew at each full second, minute or UTC day.</summary>
[JsonConverter(typeof(EnumNameConverter<QuotaWindowKind>))]
internal enum QuotaWindowKind
{
    [JsonStringEnumMemberName("sliding")]
    Sliding,

    [JsonStringEnumMemberName("calendar")]
    Calendar,
}

/// <summary>The unit in which calls are counted.</summary>
[JsonConverter(typeof(EnumNameConverter<QuotaUnit>))]
internal enum QuotaUnit
{
    [JsonStringEnumMemberName("request")]
    Request,

    /// <summary>One per requested symbol.</summary>
    [JsonStringEnumMemberName("symbol")]
    Symbol,
}

/// <summary>The maximum usage of one key in a span.</summary>
internal sealed record QuotaLimit(
    QuotaSpan Span,
    int Limit,
    QuotaWindowKind Kind = QuotaWindowKind.Sliding,
    QuotaUnit Unit = QuotaUnit.Request
)
{
    [JsonIgnore]
    public TimeSpan Length =>
        Span switch
        {
            QuotaSpan.Second => TimeSpan.FromSeconds(1),
            QuotaSpan.Minute => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromDays(1),
        };
}
