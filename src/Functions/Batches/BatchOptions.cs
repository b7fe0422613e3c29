using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Batches;

/// <summary>Settings of batches: section <c>Quorum:Batches</c>.</summary>
public sealed class BatchOptions
{
    public const string Section = "Quorum:Batches";

    /// <summary>The most items that are asked for together; their results are recorded together too. Fewer where a quota that is waited for
    /// leaves less. Default 50.</summary>
    [Range(1, 200)]
    public int Window { get; set; } = 50;

    /// <summary>The timeout of one call to a provider, waiting for its quota and retries included. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan CallTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The maximum number of items of all stored batches; further batches get a 409 until retention has deleted some. Processes
    /// count every 30 seconds, so together they may exceed it by what they accept in that time. Default 1,000,000.</summary>
    [Range(1000, 1_000_000_000)]
    public int StoredItems { get; set; } = 1_000_000;

    /// <summary>As <see cref="StoredItems"/>, of one consumer's batches. Default 250,000.</summary>
    [Range(1000, 1_000_000_000)]
    public int StoredConsumerItems { get; set; } = 250_000;

    /// <summary>Calls of one batch at a time to a provider that takes one symbol a call. Default 2: a process that is killed makes those
    /// again that were on their way.</summary>
    [Range(1, 32)]
    public int CallsPerBatch { get; set; } = 2;

    /// <summary>Calls of all batches at a time to one provider, in this process. Default 8.</summary>
    [Range(1, 64)]
    public int CallsPerProvider { get; set; } = 8;

    /// <summary>
    /// The maximum time that a batch waits for quotas, from its start. A provider whose quota would need longer for the rest of the batch
    /// is not awaited: it answers as far as its quota allows, and the other quotes are partial. Default 30 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan QuotaPatience { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The maximum time from the acceptance of a batch to its start; then its items fail as <c>orchestration-not-started</c>.
    /// Default 7 days: the queue keeps messages for so long, so that an app which was stopped still starts all of them.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3653.00:00:00")]
    public TimeSpan MaxStartDelay { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Windows in which an item may get no quote for reasons that may pass (a provider is down), before it fails. Default
    /// 3.</summary>
    [Range(1, 20)]
    public int Tries { get; set; } = 3;

    /// <summary>The pause after the first of these windows; it grows fourfold with each. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PauseBetweenTries { get; set; } = TimeSpan.FromSeconds(5);
}
