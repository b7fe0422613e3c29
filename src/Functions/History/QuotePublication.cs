using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Functions.History;

/// <summary>What history says of a quote beyond its document.</summary>
/// <param name="PublishedAt">When the answers were merged, UTC.</param>
/// <param name="InstanceId">The orchestration instance that made it; <see langword="null"/> when none did.</param>
internal sealed record QuotePublication(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset PublishedAt, string? InstanceId);
