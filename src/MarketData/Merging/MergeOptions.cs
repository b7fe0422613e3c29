using System.ComponentModel.DataAnnotations;

namespace Quorum.MarketData;

/// <summary>The options by which quotes are weighed and judged when they are merged. Travel in orchestration input: add members, never
/// change them.</summary>
/// <remarks>A value outside its range counts as the nearest one inside. Settable, not init-only: generated JSON readers give an init-only
/// property that is missing in the text its type's default, not ours.</remarks>
public sealed record MergeOptions
{
    /// <summary>The range of <see cref="Trust"/>.</summary>
    public const decimal MinTrust = 0.1m,
        MaxTrust = 10;

    internal static readonly MergeOptions Default = new();

    /// <summary>The weight of a provider among quotes of the same freshness, by its name in the API (<c>alpha-vantage</c>).
    /// Default 1 for each; 0.1 to 10, in steps of 0.01.</summary>
    /// <remarks>Trust never lifts a delayed quote above a real-time one, and of four or more providers none decides alone. It moves the
    /// price, not the confidence.</remarks>
    public IReadOnlyDictionary<string, decimal> Trust { get; set; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>The tolerance: two prices no farther apart than this agree, in basis points. A fresh quote farther than this from the price
    /// is an outlier. Default 50.</summary>
    [Range(1, 10_000)]
    public decimal OutlierFloorBps { get; set; } = 50;

    /// <summary>The tolerance of <c>agree</c>: the prices of a quorum span at most this, in basis points of the lowest. Default
    /// 50.</summary>
    [Range(1, 10_000)]
    public decimal AgreementToleranceBps { get; set; } = 50;

    /// <summary>The age up to which a provider's last known quote stands in when its call brought none. Default 1 day, at most 30
    /// days.</summary>
    /// <remarks>Counted from when it was received until now, or until the venue's last close while it is closed; days without trading in
    /// between do not count. So Friday's quote stands in until Monday morning.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan StandInMaxAge { get; set; } = TimeSpan.FromDays(1);
}
