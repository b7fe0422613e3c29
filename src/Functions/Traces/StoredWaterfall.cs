using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.Traces;

/// <summary>The spans of a request as they are stored. Kept there: add members, never change them.</summary>
/// <param name="StartedAt">When the request came, UTC.</param>
/// <param name="BudgetMs">The request's.</param>
/// <param name="DeadlineMs">When every fetch has its outcome, since the request came.</param>
internal sealed record StoredWaterfall(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset StartedAt,
    double BudgetMs,
    double DeadlineMs,
    IReadOnlyList<TraceSpan> Spans
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(StoredWaterfall))]
internal sealed partial class TraceJson : JsonSerializerContext;
