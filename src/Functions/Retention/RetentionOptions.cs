using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Retention;

/// <summary>
/// Settings of the retention of data: section <c>Quorum:Retention</c>. The schedule is the setting <c>RetentionSchedule</c>.
/// </summary>
public sealed class RetentionOptions
{
    public const string Section = "Quorum:Retention";

    /// <summary>The setting with the timer's schedule, an NCRONTAB expression. Not below <see cref="Section"/>: the scale controller of
    /// Azure reads schedules without knowing how settings nest.</summary>
    public const string Schedule = "RetentionSchedule";

    /// <summary>Finished orchestration instances with their histories, counted from their start. Default 1 day; 1 minute to 10
    /// years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Instances { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Consolidated quotes, which are the history of <c>GET quotes/{symbol}/history</c>, and providers' last known quotes. Default
    /// 7 days; 1 minute to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Quotes { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Traces: the spans of requests, for <c>GET traces/{traceId}</c> and the waterfalls of past quotes. Default 7 days; 1 minute
    /// to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Traces { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Finished batches with their items. Default 30 days; 1 minute to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Batches { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Messages that could not be processed. Default 30 days; 1 minute to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan DeadLetters { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The retention of a symbol's popularity, from its last request. Default 1 day; 1 minute to 10 years.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Popularity { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The usage of consumers by day. Default 400 days; 1 day to 10 years.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3653.00:00:00")]
    public TimeSpan Usage { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Rows deleted in one statement at most. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int Chunk { get; set; } = 1000;

    /// <summary>
    /// The maximum duration of one run; the rest waits for the next. Default 5 minutes, less than <c>functionTimeout</c> of host.json; 1
    /// second to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRun { get; set; } = TimeSpan.FromMinutes(5);
}
