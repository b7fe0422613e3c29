using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>One trustworthy quote of one instrument, reconciled from several providers field by field: the answer of <c>GET
/// quotes/{symbol}</c> without what belongs to the single request (timing, instance and trace).</summary>
/// <remarks>Kept in orchestration history: add members, never change them.</remarks>
public sealed record ConsolidatedQuote
{
    public required Symbol Symbol { get; init; }

    /// <summary><see langword="null"/>, as are venue and ISIN, when the reference data lack the instrument. A currency pair has a name
    /// (<c>EUR/USD</c>), but neither venue nor ISIN.</summary>
    public string? Name { get; init; }

    public Mic? Venue { get; init; }
    public string? Isin { get; init; }

    /// <summary>The currency of every price here; <see langword="null"/> only when no usable quote and no reference data say.</summary>
    public CurrencyCode? Currency { get; init; }

    /// <summary>The weighted median of the freshest quotes, rounded to the venue's tick or to the finest precision that two vendors show: a
    /// value that a vendor gave, or one between two that agree. Of two fresh prices that do not agree it is the newer one.
    /// <see langword="null"/> when no quote can be used.</summary>
    public decimal? Price { get; init; }

    /// <summary>The time of <see cref="Price"/>, UTC: that of the quote that gave it, the older one when it lies between two.
    /// <see langword="null"/> when only its day is known.</summary>
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The session in which <see cref="Price"/> was made: that of the quotes that gave it, and of no other. Quotes of different
    /// sessions are not merged. <see langword="null"/> when it is not known.</summary>
    public SessionKind? Session { get; init; }

    /// <summary>Bid and <see cref="Ask"/> are of one vendor and one moment, which need not be the moment of <see cref="Price"/>: the last
    /// trade may lie outside of them, but by no more than the tolerance.</summary>
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

    /// <summary>The rate by which the prices above were converted, for a caller who asked for another currency; left out
    /// otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteConversion? Conversion { get; init; }

    public required Completeness Completeness { get; init; }

    public required QuoteQuality Quality { get; init; }

    /// <summary>By field name in the JSON (<c>price</c>, <c>previousClose</c>): how the value was found and whose it is. No entry for a
    /// field without a value.</summary>
    public required IReadOnlyDictionary<string, FieldProvenance> Provenance { get; init; }

    /// <summary>One entry for each provider that was considered, in the fixed order of providers.</summary>
    public required IReadOnlyList<ProviderResult> Providers { get; init; }
}

/// <summary>The share of the requested providers that the price is based on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Completeness>))]
public enum Completeness
{
    /// <summary>Every provider that covers the instrument answered with a quote.</summary>
    [JsonStringEnumMemberName("complete")]
    Complete,

    /// <summary>Enough providers agreed; those that had not answered yet are <c>pending</c>. The complete quote follows under the same
    /// instance.</summary>
    [JsonStringEnumMemberName("agreed")]
    Agreed,

    /// <summary>At least one did, and at least one did not.</summary>
    [JsonStringEnumMemberName("partial")]
    Partial,

    /// <summary>None did: the price rests on stored quotes alone, or is missing.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,
}

/// <summary>The quality of a consolidated price, and the providers that it is based on.</summary>
/// <param name="Confidence">
/// The reliability of the price, 0 to 1. About 0.9: three or four real-time quotes agree within a few basis points and no fresh one
/// contradicts them. About 0.75: two of them agree. 0.5: a single vendor, since there is no other fresh quote or the fresh ones contradict
/// each other. Below 0.5: no fresh quote at all, or suspect ones beside it. It is freshness (real-time 1, delayed or unknown 0.9, end of
/// day 0.8, stored 0.5) times 0.9 for each suspect quote times support. Support is 0.5 for a single vendor, up to 0.6 when slower quotes
/// agree with it. It is more when the fresh quotes that agree remain a majority if any one of them is wrong: 1 − 2⁻ⁿ, where n counts those
/// that agree (1 each), slower quotes that agree (delayed ½, end of day and stored ¼), less the width of their range in tolerances; times
/// 0.9 for each that disagrees. Example: four real-time quotes at 187.20, 187.21, 187.21 and 187.22 and a delayed one at 187.20 give n = 4
/// + 0.5 − 0.02 and 0.955; if one of the four were 195 instead, three of four would be too few, and the confidence 0.5.
/// </param>
/// <param name="ProvidersAsked">All but those that do not cover the instrument or are disabled.</param>
/// <param name="ProvidersUsed">The number of quotes that agree with the price, of any freshness.</param>
/// <param name="SpreadBps">
/// Highest less lowest of the prices that agree, in basis points of the price; <see langword="null"/> without a price.
/// </param>
/// <param name="Outliers">Fresh quotes too far from the price to agree with it.</param>
/// <param name="Delayed">Providers whose quote is delayed or of the end of a day.</param>
/// <param name="Repaired">
/// Values that were dropped or widened, with the reason: <c>ask: stub (alpaca)</c>, <c>high: below-price</c>. Reasons: <c>crossed</c>,
/// <c>stub</c> (farther than 20 % from the price), <c>outside-price</c> (price and book are of different times), <c>below-price</c>,
/// <c>below-open</c>, <c>above-price</c>, <c>above-open</c> (the range was widened), <c>split-ratio</c>, <c>unit-factor</c> (the value does
/// not fit the price).
/// </param>
public sealed record QuoteQuality(
    double Confidence,
    int ProvidersAsked,
    int ProvidersUsed,
    double? SpreadBps,
    IReadOnlyList<ProviderId> Outliers,
    IReadOnlyList<ProviderId> Delayed,
    IReadOnlyList<string> Repaired
)
{
    /// <summary>Reasons to look before relying on the price. <c>contradicted</c>: fresh quotes disagree. <c>uncorroborated</c>: one fresh
    /// quote stands against several slower ones by more than a day's plausible move. <c>possible-split</c>: a price or a previous close
    /// differs by the ratio of a split. <c>unit-factor</c>: a quote was set aside because it differs by 100 or 1000. <c>unit-unknown</c>: a
    /// quote was set aside because its unit is not known. <c>mixed-currencies</c>: quotes name several currencies, and the reference data
    /// do not tell which one is right. <c>simulated</c>: a quote is of the provider simulator. <c>currency-unavailable</c>: no rate to the
    /// currency asked for was found inside the budget, and the prices are in the instrument's own.</summary>
    public IReadOnlyList<string> Warnings
    {
        get;
        init => field = value ?? [];
    } = []; // generated JSON readers pass null when it is missing
}

/// <summary>The origin of one field's value.</summary>
/// <param name="Method"><c>weighted-median</c>, <c>freshest</c> (of values that do not agree), <c>computed</c> or <c>single</c>.</param>
/// <param name="From">The providers behind the value, in the fixed order of providers.</param>
public sealed record FieldProvenance(string Method, IReadOnlyList<ProviderId> From);

/// <summary>The contribution of one provider to a consolidated quote.</summary>
public sealed record ProviderResult
{
    public required ProviderId Id { get; init; }

    /// <summary>The outcome of this call to the provider, also when a stored quote is the fallback.</summary>
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
