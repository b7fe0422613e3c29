using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.Http;

/// <summary>JSON as the HTTP API writes it: camel case, and a missing value is <c>null</c>, not absent.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ConsolidatedQuote))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class HttpJson : JsonSerializerContext;
