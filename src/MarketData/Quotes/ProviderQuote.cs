using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>One provider's normalized quote of one instrument (rules N1 to N18). Prices are in major units of <see cref="Currency"/>;
/// <see langword="null"/> means that the provider did not say, never 0.</summary>
/// <remarks>Kept in orchestration history: add members, never change them.</remarks>
[JsonConverter(typeof(ProviderQuoteJsonConverter))]
public sealed record ProviderQuote
{
    /// <summary>
    /// The <see cref="Suspect"/> of a quote of unknown unit (N19): its prices are as the provider wrote them, in pence or pounds, and it
    /// has no currency. Used alone when nothing else is wrong with the quote.
    /// </summary>
    public const string UnitUnknown = "unit-unknown";

    /// <summary>The <see cref="Suspect"/> that the merge gives to a quote whose price differs from that of the others by 100 or 1000 (N22):
    /// it is in another unit.</summary>
    public const string UnitFactor = "unit-factor";

    /// <summary>The last price; <see langword="null"/> when the provider knows the instrument but has no current price
    /// (<c>no-price</c>).</summary>
    public decimal? Price { get; init; }

    public decimal? Bid { get; init; }
    public decimal? Ask { get; init; }
    public decimal? Open { get; init; }
    public decimal? High { get; init; }
    public decimal? Low { get; init; }
    public decimal? PreviousClose { get; init; }

    /// <summary>Against the previous close, as given, else computed (N11).</summary>
    public decimal? Change { get; init; }

    /// <summary>In percent units: 0.85 is 0.85 %.</summary>
    public decimal? ChangePercent { get; init; }

    /// <summary>Shares traded on the day, whole (a fraction is cut off).</summary>
    public long? Volume { get; init; }

    /// <summary><see langword="null"/> when neither the provider, the reference data nor the venue tell the unit of the prices
    /// (N19).</summary>
    public CurrencyCode? Currency { get; init; }

    /// <summary>The price as the provider wrote it, before its unit was applied.</summary>
    public decimal? RawPrice { get; init; }

    /// <summary>The provider's unit: <c>USD</c>, <c>GBX</c>, <c>GBp</c>; <see langword="null"/> when it is not known.</summary>
    public string? RawUnit { get; init; }

    /// <summary>The venue's time of the quote, UTC; <see langword="null"/> when the provider gives only a date, or nothing (N8).</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The precision of <see cref="AsOf"/> (or <see cref="TradingDate"/>); <see langword="null"/> when there is neither.</summary>
    public AsOfPrecision? AsOfPrecision { get; init; }

    /// <summary>The trading day in the venue's calendar.</summary>
    public DateOnly? TradingDate { get; init; }

    /// <summary>The time of receipt, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public QuoteFreshness Freshness { get; init; } = QuoteFreshness.Unknown;

    /// <summary>Too old for what it claims to be, by the venue's trading hours (N9); or a stored quote that stands in.</summary>
    public bool Stale { get; init; }

    /// <summary>The reasons why the quote cannot be true and stays out of the merge, or <see cref="UnitUnknown"/>; <see langword="null"/>
    /// when there is none.</summary>
    public string? Suspect { get; init; }

    /// <summary>Its volume, high and low are those of a single venue, not the market's (Alpaca's <c>iex</c> feed).</summary>
    public bool SingleVenue { get; init; }

    /// <summary>The quote is of a simulator, not of the provider.</summary>
    public bool Simulated { get; init; }

    /// <summary>The session in which the price was made (N8b), a closing auction counted as regular: <c>pre</c> and <c>post</c> are
    /// extended trading, <c>closed</c> is outside of all hours, such as a late report. <see langword="null"/> when its time or the venue's
    /// hours are not known.</summary>
    public SessionKind? Session { get; init; }
}

/// <summary>The precision of a quote's time (N8).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AsOfPrecision>))]
public enum AsOfPrecision
{
    /// <summary>The time of the trade or quote itself.</summary>
    [JsonStringEnumMemberName("instant")]
    Instant,

    /// <summary>The minute bar that holds it.</summary>
    [JsonStringEnumMemberName("minute")]
    Minute,

    /// <summary>Only the start of its trading session.</summary>
    [JsonStringEnumMemberName("session")]
    Session,

    /// <summary>Only its trading date.</summary>
    [JsonStringEnumMemberName("day")]
    Day,
}

/// <summary>The freshness of a provider's quotes by its plan and payload (N9).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QuoteFreshness>))]
public enum QuoteFreshness
{
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    [JsonStringEnumMemberName("real-time")]
    RealTime,

    [JsonStringEnumMemberName("delayed")]
    Delayed,

    [JsonStringEnumMemberName("end-of-day")]
    EndOfDay,
}
