using System.Text.RegularExpressions;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>Settings of a task hub on PostgreSQL.</summary>
public sealed partial class PostgresOrchestrationOptions
{
    /// <summary>The schema of a hub that names none.</summary>
    public const string DefaultSchema = "taskhub";

    /// <summary>An Npgsql connection string.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The hub's name. A schema holds one hub; a hub of another name in the same schema is rejected at start.</summary>
    public string HubName { get; init; } = "TestHubName";

    /// <summary>The PostgreSQL schema of the hub, default <c>taskhub</c>. Several hubs in one database need a schema each. Lower-case
    /// letters, digits and underscores, at most 48 characters, beginning with a letter.</summary>
    public string Schema { get; init; } = DefaultSchema;

    /// <summary>Changes the data source before it is built: for tokens instead of passwords, certificates, and so on.</summary>
    public Action<NpgsqlDataSourceBuilder>? ConfigureDataSource { get; init; }

    /// <summary>Time that an unresponsive process keeps its instances, 2 s to 5 min, default 10 s. After a crash another process takes over
    /// within this time.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Activities that run at once in this process, at least 1, default 2,000.</summary>
    public int MaxConcurrentActivities { get; init; } = 2000;

    /// <summary>Orchestrator turns that run at once in this process, at least 1, default 1,000. An orchestration that waits takes no
    /// place.</summary>
    public int MaxConcurrentOrchestrations { get; init; } = 1000;

    /// <summary>True (the default) to keep orchestrators in memory between turns. False replays the history on each turn, for workers that
    /// keep no state of their own (those of the Azure Functions host); the history still comes from memory.</summary>
    public bool KeepOrchestratorsInMemory { get; init; } = true;

    /// <summary>Transactions in progress at once, 1 to 16, default 2: while one waits for the disk, the other collects turns.</summary>
    public int TurnWriters { get; init; } = 2;

    /// <summary>Turns in one transaction at most, 1 to 10,000, default 256.</summary>
    public int MaxTurnsPerCommit { get; init; } = 256;

    /// <summary>Longest delay of a turn that no caller waits for, so that it shares a commit with others, 0 to 1 s, default 25 ms.</summary>
    public TimeSpan CommitDelay { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Longest delay of a start and its first turn while other turns are being written, so that it shares a commit with them, 0 to
    /// 1 s, default 0. Pays where the work of an orchestration begins before its start is durable.</summary>
    public TimeSpan StartDelay { get; init; }

    /// <summary>Longest time that results which schedule nothing new are held before they are written, 0 to 10 s, default 250 ms. A crash
    /// within this time runs their activities again.</summary>
    public TimeSpan ResultDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Starts that may wait at once for PostgreSQL, at least 1, default 10,000. Beyond it, a start fails with
    /// <see cref="TaskHubBusyException"/>.</summary>
    public int MaxWaitingStarts { get; init; } = 10_000;

    /// <summary>Attempts at a turn whose orchestrator cannot be run (it cannot be created, or its dispatcher throws), 1 to 1,000, default
    /// 10. Then the instance ends as failed, with the last error. They take place after 1, 2, 4 and up to 30 s. One that is not registered is
    /// tried until it is.</summary>
    public int MaxTurnAttempts { get; init; } = 10;

    /// <summary>An instance that has waited this long for nothing but timers and events leaves memory, default 1 min.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Runs activities in this process without the worker's activity dispatcher; <see langword="null"/> (the default) leaves them
    /// to it. It gets the message of the call and returns its result, a <see cref="TaskCompletedEvent"/> or <see cref="TaskFailedEvent"/>.
    /// If it throws <see cref="OperationCanceledException"/> after its token is cancelled, the activity runs again in the process that
    /// takes the instance over. The service must be stopped before the worker, whose orchestrators consume the last results.</summary>
    public Func<TaskMessage, CancellationToken, Task<HistoryEvent>>? RunActivity { get; init; }

    /// <summary>The clock of timers and delays. Leases use the clock of the database.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The factory of the provider's loggers.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Period of the sweep, the safety net under the notifications. Tests that a push must pass make it long.</summary>
    internal TimeSpan SweepPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Describes every invalid setting; <see langword="null"/> if all are valid.</summary>
    internal string? Validate()
    {
        var faults = new List<string>();
        Require(ConnectionString.Length > 0, $"{nameof(ConnectionString)} must not be empty.");
        Require(HubName.Length > 0, $"{nameof(HubName)} must not be empty.");
        Require(SchemaPattern().IsMatch(Schema), $"{nameof(Schema)} must match {SchemaPattern()}; got '{Schema}'.");
        RequireTime(nameof(Lease), Lease, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5));
        RequireTime(nameof(CommitDelay), CommitDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        RequireTime(nameof(StartDelay), StartDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        RequireTime(nameof(ResultDelay), ResultDelay, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        RequireTime(nameof(IdleTime), IdleTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        RequireNumber(nameof(MaxConcurrentActivities), MaxConcurrentActivities, 100_000);
        RequireNumber(nameof(MaxConcurrentOrchestrations), MaxConcurrentOrchestrations, 100_000);
        RequireNumber(nameof(TurnWriters), TurnWriters, 16);
        RequireNumber(nameof(MaxTurnsPerCommit), MaxTurnsPerCommit, 10_000);
        RequireNumber(nameof(MaxWaitingStarts), MaxWaitingStarts, 1_000_000);
        RequireNumber(nameof(MaxTurnAttempts), MaxTurnAttempts, 1_000);
        return faults.Count == 0 ? null : string.Join(" ", faults);

        void Require(bool isValid, string fault)
        {
            if (!isValid)
            {
                faults.Add(fault);
            }
        }

        void RequireTime(string name, TimeSpan value, TimeSpan min, TimeSpan max) =>
            Require(value >= min && value <= max, $"{name} must be between {min} and {max}; got {value}.");

        void RequireNumber(string name, int value, int max) =>
            Require(value >= 1 && value <= max, $"{name} must be between 1 and {max}; got {value}.");
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,47}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SchemaPattern();
}
