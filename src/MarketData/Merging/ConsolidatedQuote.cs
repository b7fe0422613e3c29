using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>One trustworthy quote of one instrument, reconciled from several providers field by field: the answer of <c>GET quotes/{symbol}</c>
/// without what belongs to the single request (timing, instance and trace).</summary>
/// <remarks>Kept in orchestration history: add members, never change them.</remarks>
public sealed record ConsolidatedQuote
{
    public required Symbol Symbol { get; init; }

    /// <summary><see langword="null"/>, as are venue and ISIN, when the reference data lack the instrument.</summary>
    public string? Name { get; init; }

    public Mic? Venue { get; init; }
    public string? Isin { get; init; }

    /// <summary>The currency of every price here; <see langword="null"/> only when no usable quote and no reference data say.</summary>
    public CurrencyCode? Currency { get; init; }

    /// <summary>The weighted median of the usable quotes; <see langword="null"/> when there is none.</summary>
    public decimal? Price { get; init; }

    /// <summary>The time of the freshest quote behind <see cref="Price"/>, UTC; <see langword="null"/> when none carries a time.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? AsOf { get; init; }

    public decimal? Bid { get; init; }
    public decimal? Ask { get; init; }
    public decimal? Open { get; init; }
    public decimal? High { get; init; }
    public decimal? Low { get; init; }
    public decimal? PreviousClose { get; init; }
    public long? Volume { get; init; }

    /// <summary><see cref="Price"/> less <see cref="PreviousClose"/>.</summary>
    public decimal? Change { get; init; }

    /// <summary>In percent units, rounded to 4 decimals, half away from zero.</summary>
    public decimal? ChangePercent { get; init; }

    public required Completeness Completeness { get; init; }

    public required QuoteQuality Quality { get; init; }

    /// <summary>By field name in the JSON (<c>price</c>, <c>previousClose</c>): how the value was found and whose it is. No entry for a field without a value.</summary>
    public required IReadOnlyDictionary<string, FieldProvenance> Provenance { get; init; }

    /// <summary>One entry for each provider that was considered, in the fixed order of providers.</summary>
    public required IReadOnlyList<ProviderResult> Providers { get; init; }
}

/// <summary>How much of what was asked stands behind the price.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Completeness>))]
public enum Completeness
{
    /// <summary>Every provider that covers the instrument answered with a quote.</summary>
    [JsonStringEnumMemberName("complete")] Complete,

    /// <summary>At least one did, and at least one did not.</summary>
    [JsonStringEnumMemberName("partial")] Partial,

    /// <summary>None did: the price rests on stored quotes alone, or is missing.</summary>
    [JsonStringEnumMemberName("stale")] Stale,
}

/// <summary>How far the price can be trusted, and whom it rests on.</summary>
/// <param name="Confidence">0 to 1: agreement, number and freshness of the quotes behind the price.</param>
/// <param name="ProvidersAsked">All but those that do not cover the instrument or are disabled.</param>
/// <param name="ProvidersUsed">Whose quote took part in the price.</param>
/// <param name="SpreadBps">Highest less lowest price used, in basis points of the price; <see langword="null"/> without a price.</param>
/// <param name="Outliers">Usable quotes set aside because they are too far from the rest.</param>
/// <param name="Delayed">Providers whose quote is delayed or of the end of a day.</param>
/// <param name="Repaired">Fields (by JSON name) that contradicted another (low above price, bid above ask) and were widened or dropped.</param>
public sealed record QuoteQuality(
    double Confidence,
    int ProvidersAsked,
    int ProvidersUsed,
    double? SpreadBps,
    IReadOnlyList<ProviderId> Outliers,
    IReadOnlyList<ProviderId> Delayed,
    IReadOnlyList<string> Repaired);

/// <summary>How the value of one field was found.</summary>
/// <param name="Method"><c>weighted-median</c>, <c>freshest</c>, <c>computed</c> or <c>single</c>.</param>
/// <param name="From">The providers behind the value, in the fixed order of providers.</param>
public sealed record FieldProvenance(string Method, IReadOnlyList<ProviderId> From);

/// <summary>What one provider contributed to a consolidated quote.</summary>
public sealed record ProviderResult
{
    public required ProviderId Id { get; init; }

    /// <summary>What this call to it came to, also when a stored quote stands in.</summary>
    public required FetchStatus Outcome { get; init; }

    public double? RetryAfterSeconds { get; init; }
    public double LatencyMs { get; init; }
    public int Attempts { get; init; }

    /// <summary>The quote is the provider's last known one, from PostgreSQL, marked stale.</summary>
    public bool FromStore { get; init; }

    public string? Detail { get; init; }

    /// <summary><see langword="null"/> when the call brought none and none is stored.</summary>
    public ProviderQuote? Quote { get; init; }
}
