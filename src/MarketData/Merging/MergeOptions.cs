using System.ComponentModel.DataAnnotations;

namespace Quorum.MarketData;

/// <summary>How quotes are weighed and judged when they are merged. Travels in orchestration input: add members, never change them.</summary>
/// <remarks>A value outside its range counts as the nearest one inside. Settable, not init-only: generated JSON readers give an init-only property
/// that is missing in the text its type's default, not ours.</remarks>
public sealed record MergeOptions
{
    /// <summary>The range of <see cref="Trust"/>.</summary>
    public const decimal LowestTrust = 0.1m, HighestTrust = 10;

    internal static readonly MergeOptions Default = new();

    /// <summary>How much a provider counts among quotes of the same freshness, by its name in the API (<c>alpha-vantage</c>).
    /// Default 1 for each; 0.1 to 10, in steps of 0.01.</summary>
    /// <remarks>Trust never lifts a delayed quote above a real-time one, and of four or more providers none decides alone.</remarks>
    public IReadOnlyDictionary<string, decimal> Trust { get; set; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>A quote nearer than this to the median of its peers is never an outlier, in basis points of that median. Default 50.</summary>
    [Range(1, 10_000)]
    public decimal OutlierFloorBps { get; set; } = 50;

    /// <summary>A quote nearer than this many median absolute deviations to the median of its peers is never an outlier. Default 5.</summary>
    [Range(1, 100)]
    public decimal OutlierMadMultiple { get; set; } = 5;

    /// <summary>A price so many times the median of all, or such a fraction of it, is out of proportion, which no delay explains:
    /// an outlier also where delayed and real-time quotes are compared. Default 2.</summary>
    [Range(1.1, 1000)]
    public decimal OutlierFactor { get; set; } = 2;

    /// <summary>The age up to which a provider's last known quote stands in when its call brought none. Default 1 day, at most 30 days.</summary>
    /// <remarks>Counted from when it was received until now, or until the venue's last close while it is closed; days without trading in between
    /// do not count. So Friday's quote stands in until Monday morning.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan StandInMaxAge { get; set; } = TimeSpan.FromDays(1);
}
