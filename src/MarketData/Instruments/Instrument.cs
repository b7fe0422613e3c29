namespace Quorum.MarketData;

/// <summary>A traded instrument: one listing at one venue. Reference data, loaded from PostgreSQL.</summary>
public sealed record Instrument
{
    /// <summary>The canonical symbol: without a venue for US listings, with it for all others.</summary>
    public required Symbol Symbol { get; init; }

    public required string Name { get; init; }

    /// <summary>The venue of the listing, ISO 10383 (the operating or segment code that our calendars know).</summary>
    public required Mic Venue { get; init; }

    /// <summary>ISO 6166; <see langword="null"/> where it is not certain, since a wrong one is worse.</summary>
    public string? Isin { get; init; }

    /// <summary>The currency of the normalized price.</summary>
    public required CurrencyCode Currency { get; init; }
}

/// <summary>An instrument as one provider lists it: what to ask for, and in which unit the price comes.</summary>
public sealed record ProviderListing
{
    public required ProviderId Provider { get; init; }

    /// <summary>Our canonical symbol.</summary>
    public required Symbol Symbol { get; init; }

    /// <summary>The symbol in the provider's spelling: <c>BRK-B.US</c>, <c>VOD.LON</c>, <c>VOD:LSE</c>.</summary>
    public required string ProviderSymbol { get; init; }

    /// <summary>True if the reference data lack the instrument, and the spelling follows the provider's rule for the venue: it may not
    /// exist.</summary>
    public bool IsByRule { get; init; }

    /// <summary>The unit of the provider's prices when its answer does not say (<c>USD</c>, <c>GBX</c>); <see langword="null"/> when
    /// unknown.</summary>
    public string? Unit { get; init; }

    /// <summary>The venue whose clock and calendar the quote follows; <see langword="null"/> for an instrument unknown to the reference
    /// data.</summary>
    public Mic? Venue { get; init; }

    /// <summary>The pair of currencies that is asked for; <see langword="null"/> for a listing.</summary>
    public CurrencyPair? Pair => Venue is null ? CurrencyPair.Of(Symbol) : null;

    /// <summary>The currency that the instrument trades in; a quote in another is suspect. <see langword="null"/> when unknown.</summary>
    public CurrencyCode? Currency { get; init; }
}
