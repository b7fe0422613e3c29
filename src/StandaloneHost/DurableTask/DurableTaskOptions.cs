using System.ComponentModel.DataAnnotations;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Settings of the embedded task hub, section <c>TaskHub</c>.</summary>
public sealed class DurableTaskOptions
{
    /// <summary>The hub's name, as host.json calls it. One database holds one hub.</summary>
    [Required]
    public string HubName { get; set; } = "TestHubName";

    /// <summary>PostgreSQL.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>How long a process that has gone silent keeps its instances, 2 s to 5 min, default 10 s. After a crash another process, or the same
    /// one restarted, carries on within this time.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Activities that run at once in this process, 1 to 100,000, default 2,000. They wait for I/O most of their time.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentActivities { get; set; } = 2000;

    /// <summary>Transactions under way at once, 1 to 16, default 2: while one waits for the disk the other gathers.</summary>
    [Range(1, 16)]
    public int TurnWriters { get; set; } = 2;

    /// <summary>Turns in one transaction at most, 1 to 10,000, default 256.</summary>
    [Range(1, 10_000)]
    public int MaxTurnsPerCommit { get; set; } = 256;

    /// <summary>How long a turn that nothing waits for (the end of an orchestration, above all) may wait for the company of others, 0 to 1 s,
    /// default 5 ms. It costs no commit of its own then.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CompanyDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long results that ask for nothing new may wait for company before they are written, 0 to 10 s, default 250 ms.
    /// A crash within this time runs their activities again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ResultDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Orchestrations that may wait at once for PostgreSQL to take their start, 1 to 1,000,000, default 10,000: while it is away they
    /// gather in memory. Beyond it, a start fails at once with <see cref="TaskHubBusyException"/>.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingStarts { get; set; } = 10_000;

    /// <summary>An instance that has waited this long for nothing but timers and events leaves memory, 10 ms to 1 day, default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(1);
}
