using System.ComponentModel.DataAnnotations;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Settings of the task hub, section <c>TaskHub</c>.</summary>
public sealed class DurableTaskOptions
{
    /// <summary>The hub's name, as in host.json. One database holds one hub.</summary>
    [Required]
    public string HubName { get; set; } = "TestHubName";

    /// <summary>The connection string of PostgreSQL.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// The time after which an unresponsive process loses its instances, 2 s to 5 min, default 10 s. After a crash another process, or the
    /// same one restarted, takes over within this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum number of activities that run at once in this process, 1 to 100,000, default 2,000. They mostly wait for I/O.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConcurrentActivities { get; set; } = 2000;

    /// <summary>
    /// The number of transactions in progress at once, 1 to 16, default 2: while one waits for the disk, the other collects turns.
    /// </summary>
    [Range(1, 16)]
    public int TurnWriters { get; set; } = 2;

    /// <summary>The maximum number of turns in one transaction, 1 to 10,000, default 256.</summary>
    [Range(1, 10_000)]
    public int MaxTurnsPerCommit { get; set; } = 256;

    /// <summary>
    /// The maximum delay of a turn that no caller waits for (mainly the end of an orchestration), so that it shares a commit with others, 0
    /// to 1 s, default 25 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitDelay { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// The maximum delay of a start and its first turn while other turns are being written, so that it shares a commit with them, 0 to 1 s,
    /// default 5 ms. Quotes do not wait for it: their providers are called meanwhile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan StartDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// The maximum time for which results that schedule nothing new are held before they are written, 0 to 10 s, default 250 ms. A crash
    /// within this time runs their activities again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ResultDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The maximum number of starts that may wait for PostgreSQL at once, 1 to 1,000,000, default 10,000. While PostgreSQL is unavailable
    /// they are held in memory; beyond the limit a start fails at once with <see cref="TaskHubBusyException"/>.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingStarts { get; set; } = 10_000;

    /// <summary>Attempts at a turn whose orchestrator cannot be run, 1 to 1,000, default 10; after them the instance ends as failed, with
    /// the last error.</summary>
    [Range(1, 1000)]
    public int MaxTurnAttempts { get; set; } = 10;

    /// <summary>
    /// The time after which an instance that waits only for timers and events leaves memory, 10 ms to 1 day, default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>False to replay the history in each turn, as after a takeover. For tests.</summary>
    internal bool KeepOrchestratorsInMemory { get; set; } = true;

    internal PostgresOrchestrationOptions ForService(
        Func<TaskMessage, CancellationToken, Task<HistoryEvent>> runActivity,
        TimeProvider time,
        ILoggerFactory loggerFactory
    ) =>
        new()
        {
            ConnectionString = ConnectionString,
            HubName = HubName,
            Lease = Lease,
            MaxConcurrentActivities = MaxConcurrentActivities,
            TurnWriters = TurnWriters,
            MaxTurnsPerCommit = MaxTurnsPerCommit,
            CommitDelay = CommitDelay,
            StartDelay = StartDelay,
            ResultDelay = ResultDelay,
            MaxWaitingStarts = MaxWaitingStarts,
            MaxTurnAttempts = MaxTurnAttempts,
            IdleTime = IdleTime,
            KeepOrchestratorsInMemory = KeepOrchestratorsInMemory,
            RunActivity = runActivity,
            Time = time,
            LoggerFactory = loggerFactory,
        };
}
