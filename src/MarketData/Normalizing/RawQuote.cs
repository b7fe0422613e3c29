namespace Quorum.MarketData;

/// <summary>
/// The values that an adapter read from one provider's answer, before any rule is applied: numbers in the provider's own unit, zeros still
/// zeros. <see cref="QuoteNormalizer"/> turns it into a <see cref="ProviderQuote"/>.
/// </summary>
public sealed record RawQuote
{
    /// <summary>The last regular price, chosen by the provider's rule (N8b, N13).</summary>
    public decimal? Price { get; init; }

    public decimal? Bid { get; init; }
    public decimal? Ask { get; init; }
    public decimal? Open { get; init; }
    public decimal? High { get; init; }
    public decimal? Low { get; init; }
    public decimal? PreviousClose { get; init; }

    /// <summary>Against the previous close, in the same unit as the prices.</summary>
    public decimal? Change { get; init; }

    /// <summary>In percent units: 0.85 is 0.85 %.</summary>
    public decimal? ChangePercent { get; init; }

    /// <summary>Shares traded on the day, perhaps with a fraction.</summary>
    public decimal? Volume { get; init; }

    /// <summary>The unit that the answer itself names (<c>USD</c>, <c>GBp</c>); <see langword="null"/> when it names none: then the
    /// listing's holds.</summary>
    public string? Unit { get; init; }

    /// <summary>The venue's time of the quote; <see langword="null"/> when the answer has a date only, or no time.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary><see langword="null"/> stands for <see cref="AsOfPrecision.Instant"/> with a time and for <see cref="AsOfPrecision.Day"/>
    /// with a date only.</summary>
    public AsOfPrecision? AsOfPrecision { get; init; }

    /// <summary>The trading day that the answer names; <see langword="null"/> when it follows from <see cref="AsOf"/>.</summary>
    public DateOnly? TradingDate { get; init; }

    /// <summary>The freshness, by plan and payload (N9).</summary>
    public QuoteFreshness Freshness { get; init; } = QuoteFreshness.Unknown;

    /// <summary>The price is the close so far of the very bar that gives high and low, and cannot lie outside; a last trade can (odd lots,
    /// extended hours).</summary>
    public bool PriceIsOfBar { get; init; }

    /// <summary>Volume, high and low are those of one venue, not the market's.</summary>
    public bool SingleVenue { get; init; }
}
