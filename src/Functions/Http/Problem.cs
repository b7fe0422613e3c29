using System.Net;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.Http;

/// <summary>An error as RFC 9457 describes it, with our own members after the standard ones.</summary>
public sealed record Problem
{
    /// <summary>Stable: what a program decides by. <c>urn:quorum:problem:</c> and the name of the kind.</summary>
    public required string Type { get; init; }

    /// <summary>The same for all problems of the type.</summary>
    public required string Title { get; init; }

    public required HttpStatusCode Status { get; init; }

    /// <summary>The details of this occurrence, and the remedy for the caller. Never a key, a payload or a provider's own words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>W3C trace id of the request, which its logs and spans carry too.</summary>
    public required string TraceId { get; init; }

    /// <summary>The orchestration whose quote it is about, for <c>?instance=</c>; <see langword="null"/> when none was started, or its
    /// quote is not stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InstanceId { get; init; }

    /// <summary>Each fault of a bad request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InvalidParameter>? Errors { get; init; }

    /// <summary>The number of errors that <c>errors</c> leaves out; absent when it has all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MoreErrors { get; init; }

    /// <summary>The outcome of each provider, where providers are the cause: in the form of the quote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProviderResult>? Providers { get; init; }

    /// <summary>The quote that was not good enough for the caller (<c>minConfidence</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RawJson? Quote { get; init; }

    /// <summary>Goes out as <c>Retry-After</c>, in whole seconds; <see langword="null"/> when asking again would not help.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }
}
