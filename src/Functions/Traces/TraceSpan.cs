using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.Traces;

/// <summary>One step of a request. Kept in PostgreSQL: add members, never change them.</summary>
/// <param name="Provider">Whom the step is about; <see langword="null"/> when it is about none.</param>
/// <param name="Attempt">The number of an attempt, from 1; 0 for other steps.</param>
/// <param name="StartMs">Since the request came.</param>
/// <param name="Outcome">The outcome of a fetch or attempt, <c>pending</c> while it goes on; <c>ok</c> for other steps.
/// <see langword="null"/> for an error.</param>
internal sealed record TraceSpan(
    [property: JsonPropertyName("kind")] [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] SpanKind Kind,
    [property: JsonPropertyName("of")] ProviderId? Provider,
    [property: JsonPropertyName("no")] int Attempt,
    [property: JsonPropertyName("at")] double StartMs,
    [property: JsonPropertyName("ms")] double DurationMs,
    [property: JsonPropertyName("is")] [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FetchStatus? Outcome
)
{
    [JsonIgnore]
    public double EndMs => StartMs + DurationMs;
}
