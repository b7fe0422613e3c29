using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Prefetch;

/// <summary>
/// Settings of the prefetch of watched and popular symbols: section <c>Quorum:Prefetch</c>. The schedule is the setting
/// <c>PrefetchSchedule</c>.
/// </summary>
public sealed class PrefetchOptions
{
    public const string Section = "Quorum:Prefetch";

    /// <summary>The setting with the timer's schedule, an NCRONTAB expression. Not below <see cref="Section"/>: the scale controller of
    /// Azure reads schedules without knowing how settings nest.</summary>
    public const string Schedule = "PrefetchSchedule";

    /// <summary>True to refresh quotes. When false, nothing is planned, and queued messages are dropped. Default on.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Symbols are refreshed also while their venue is closed: for providers that trade day and night, as the simulator does.
    /// Default off.</summary>
    public bool AllHours { get; set; }

    /// <summary>The maximum number of entries of the watchlist. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int LargestWatchlist { get; set; } = 1000;

    /// <summary>The maximum number of entries of one consumer. Default 250.</summary>
    [Range(1, 100_000)]
    public int LargestConsumerWatchlist { get; set; } = 250;

    /// <summary>The maximum number of popular symbols that are refreshed in addition to the watchlist. Default 50; 0 for none.</summary>
    [Range(0, 10_000)]
    public int PopularSymbols { get; set; } = 50;

    /// <summary>
    /// The minimum popularity for a refresh: requests that accept a stored quote, decayed by <see cref="HalfLife"/>. Default 2.5, reached
    /// by the third request in quick succession.
    /// </summary>
    [Range(0.1, 1_000_000)]
    public double LeastPopularity { get; set; } = 2.5;

    /// <summary>The maximum age of a popular symbol's quote, in seconds: the default <c>maxAge</c> of callers. Default 5.</summary>
    [Range(1, 86_400)]
    public int PopularMaxAge { get; set; } = 5;

    /// <summary>The half-life of popularity without requests. Default 10 minutes; at least 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The interval at which a process stores its counts. Default 5 seconds; 1 second to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CountInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The maximum number of symbols that a process counts between two stores; further ones are not counted. Default 2,048.
    /// </summary>
    [Range(1, 100_000)]
    public int CountedSymbols { get; set; } = 2048;

    /// <summary>So long before its quote is too old, a symbol is due: the timer's period, and the time from planning to a new quote.
    /// Default 2.75 seconds; 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Lead { get; set; } = TimeSpan.FromSeconds(2.75);

    /// <summary>
    /// The lifetime of a message; later it is dropped. Until then its symbols are not planned again. Default 5 seconds; 1 second to 10
    /// minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MessageLife { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of symbols in a message, and so in one call to a provider that takes several. Default 25.</summary>
    [Range(1, 100)]
    public int SymbolsPerMessage { get; set; } = 25;

    /// <summary>The timeout for the providers, in milliseconds. Default 1,000.</summary>
    [Range(50, 10_000)]
    public int BudgetMs { get; set; } = 1000;

    /// <summary>The share of an instrument's providers that must have quota left beyond the interactive reserve: a refresh in which fewer
    /// take part would leave readers a poorer quote than asking would. Default 0.5.</summary>
    [Range(0.01, 1)]
    public double LeastShareOfProviders { get; set; } = 0.5;

    /// <summary>After how long, at most, a symbol is tried again that could not be refreshed; the first time after 5 seconds, then twice as
    /// long after each failure. Default 15 minutes; 5 seconds to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);
}
