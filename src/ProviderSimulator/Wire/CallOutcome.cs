using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>What a call came to, from the provider's side.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallOutcome>))]
internal enum CallOutcome
{
    /// <summary>At least one quote was given.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("unknown-symbol")]
    UnknownSymbol,

    [JsonStringEnumMemberName("invalid-key")]
    InvalidKey,

    [JsonStringEnumMemberName("plan-restricted")]
    PlanRestricted,

    /// <summary>The second or minute is used up.</summary>
    [JsonStringEnumMemberName("rate-limited")]
    RateLimited,

    /// <summary>The day is used up.</summary>
    [JsonStringEnumMemberName("quota-exhausted")]
    QuotaExhausted,

    [JsonStringEnumMemberName("bad-request")]
    BadRequest,

    /// <summary>No such path.</summary>
    [JsonStringEnumMemberName("not-found")]
    NotFound,

    /// <summary>A fault was switched on that replaced, broke or bent the answer.</summary>
    [JsonStringEnumMemberName("fault")]
    Fault,
}
