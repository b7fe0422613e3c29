using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>The values that leave memory: into PostgreSQL and into orchestration history. Camel case, nulls left out.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConsolidatedQuote))]
[JsonSerializable(typeof(ProviderQuote))]
[JsonSerializable(typeof(FetchOutcome))]
[JsonSerializable(typeof(ReferenceData))]
[JsonSerializable(typeof(MergeOptions))]
[JsonSerializable(typeof(MergeRecord))]
[JsonSerializable(typeof(IReadOnlyList<ConsolidatedQuote>))]
[JsonSerializable(typeof(IReadOnlyList<ProviderQuote>))]
[JsonSerializable(typeof(IReadOnlyList<FetchOutcome>))]
[JsonSerializable(typeof(FetchOutcome[]))]
public sealed partial class MarketDataJson : JsonSerializerContext;
