using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>The outcome of a call from the provider's side.</summary>
[JsonConverter(typeof(EnumNameConverter<CallOutcome>))]
internal enum CallOutcome
{
    /// <summary>At least one quote was returned.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("unknown-symbol")]
    UnknownSymbol,

    [JsonStringEnumMemberName("invalid-key")]
    InvalidKey,

    [JsonStringEnumMemberName("plan-restricted")]
    PlanRestricted,

    /// <summary>The quota of the second or minute is used up.</summary>
    [JsonStringEnumMemberName("rate-limited")]
    RateLimited,

    /// <summary>The quota of the day is used up.</summary>
    [JsonStringEnumMemberName("quota-exhausted")]
    QuotaExhausted,

    [JsonStringEnumMemberName("bad-request")]
    BadRequest,

    /// <summary>The path does not exist.</summary>
    [JsonStringEnumMemberName("not-found")]
    NotFound,

    /// <summary>A fault replaced, broke or changed the answer.</summary>
    [JsonStringEnumMemberName("fault")]
    Fault,
}
