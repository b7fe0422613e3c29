using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>The outcome of one call to a provider. Kept in orchestration history: add members, never change them.</summary>
[ImmutableObject(true)]
public sealed record FetchOutcome
{
    public required ProviderId Provider { get; init; }

    public required FetchStatus Status { get; init; }

    /// <summary>The quote received; for <see cref="FetchStatus.NoPrice"/> one without a price that keeps the previous close, if that was
    /// given.</summary>
    public ProviderQuote? Quote { get; init; }

    /// <summary>For rate limits, quotas and open circuits: when the provider may be asked again, in seconds from now.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>From the start of the fetch to its outcome, in milliseconds.</summary>
    public double LatencyMs { get; init; }

    /// <summary>HTTP requests made: 0 when the provider was not asked.</summary>
    public int Attempts { get; init; }

    /// <summary>A sentence of our own about a failure; never the provider's text, which may echo a key (N17).</summary>
    public string? Detail { get; init; }
}

/// <summary>The status of a finished call to a provider (N4). The names are those of the API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FetchStatus>))]
public enum FetchStatus
{
    /// <summary>A quote with a price.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The call was still under way when enough other providers agreed; its answer is stored when it comes.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The provider answered that it does not know the symbol.</summary>
    [JsonStringEnumMemberName("unknown-symbol")]
    UnknownSymbol,

    /// <summary>The symbol is known, or may be, but has no current price.</summary>
    [JsonStringEnumMemberName("no-price")]
    NoPrice,

    /// <summary>The deadline came first; the call may go on in the background.</summary>
    [JsonStringEnumMemberName("timed-out")]
    TimedOut,

    /// <summary>The provider refused for its limit of calls in a second or minute.</summary>
    [JsonStringEnumMemberName("rate-limited")]
    RateLimited,

    /// <summary>The quota leaves no call: by our own count in any of its windows, or by the provider's word for the day.</summary>
    [JsonStringEnumMemberName("quota-exhausted")]
    QuotaExhausted,

    /// <summary>The provider failed too often lately and was not asked.</summary>
    [JsonStringEnumMemberName("circuit-open")]
    CircuitOpen,

    [JsonStringEnumMemberName("invalid-key")]
    InvalidKey,

    /// <summary>The key's plan does not include the symbol, the venue or the endpoint.</summary>
    [JsonStringEnumMemberName("plan-restricted")]
    PlanRestricted,

    /// <summary>The provider says that our request is wrong.</summary>
    [JsonStringEnumMemberName("bad-request")]
    BadRequest,

    [JsonStringEnumMemberName("server-error")]
    ServerError,

    /// <summary>An answer that is not of the provider's documented form.</summary>
    [JsonStringEnumMemberName("malformed-response")]
    MalformedResponse,

    /// <summary>No connection could be made, or it broke.</summary>
    [JsonStringEnumMemberName("unreachable")]
    Unreachable,

    /// <summary>The provider does not list the instrument's venue, and was not asked.</summary>
    [JsonStringEnumMemberName("not-covered")]
    NotCovered,

    /// <summary>Switched off by configuration.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,
}
