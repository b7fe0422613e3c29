using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Quorum.EmbeddedRuntime.DurableTask.Hub;

/// <summary>
/// Group commit: takes the turns that are due and writes them in one transaction; while that is under way the next ones gather.
/// A lone turn waits for one round trip; under load many share it. Nothing is dropped: while PostgreSQL is away, turns wait.
/// </summary>
internal sealed partial class TurnWriter(TaskHubStore store, DurableTaskOptions options, TimeProvider time, ILogger<TurnWriter> logger)
{
    // A null is a nudge: what may wait has waited long enough.
    private readonly Channel<TurnCommit?> _due = Channel.CreateUnbounded<TurnCommit?>(new UnboundedChannelOptions { SingleReader = false });
    private readonly ConcurrentQueue<TurnCommit> _waiting = new();
    private int _nudgeIsComing;
    private long _commits;
    private long _turns;

    /// <summary>How many turns have been written in how many transactions.</summary>
    public (long Turns, long Commits) Written => (Interlocked.Read(ref _turns), Interlocked.Read(ref _commits));

    public void Submit(TurnCommit commit)
    {
        if (commit.MayWait)
        {
            _waiting.Enqueue(commit);
            if (Interlocked.Exchange(ref _nudgeIsComing, 1) == 0)
            {
                _ = NudgeAsync();
            }

            return;
        }

        if (!_due.Writer.TryWrite(commit))
        {
            commit.OnStopped();
        }
    }

    /// <summary>Writes until <see cref="Complete"/> and all is written, or until the token ends.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, options.TurnWriters).Select(_ => RunOneAsync(cancellationToken)));

    public void Complete()
    {
        _due.Writer.TryWrite(null);
        _due.Writer.TryComplete();
    }

    private async Task NudgeAsync()
    {
        await Task.Delay(options.CompanyDelay, time);
        Interlocked.Exchange(ref _nudgeIsComing, 0);
        if (!_due.Writer.TryWrite(null))
        {
            while (_waiting.TryDequeue(out var late))
            {
                late.OnStopped();
            }
        }
    }

    private async Task RunOneAsync(CancellationToken cancellationToken)
    {
        var group = new List<TurnCommit>(options.MaxTurnsPerCommit);
        while (await _due.Reader.WaitToReadAsync(cancellationToken))
        {
            group.Clear();
            while (group.Count < options.MaxTurnsPerCommit && _due.Reader.TryRead(out var commit))
            {
                if (commit is not null)
                {
                    group.Add(commit);
                }
            }

            while (group.Count < options.MaxTurnsPerCommit && _waiting.TryDequeue(out var waiting))
            {
                group.Add(waiting);
            }

            if (group.Count > 0)
            {
                await WriteAsync(group, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(List<TurnCommit> group, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await store.WriteAsync(group, cancellationToken);
                Interlocked.Increment(ref _commits);
                Interlocked.Add(ref _turns, group.Count);
                if (attempt > 0)
                {
                    LogRecovered(logger, attempt);
                }

                foreach (var commit in group)
                {
                    commit.OnCommitted();
                }

                return;
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                await WriteOneByOneAsync(group, e, cancellationToken);
                return;
            }
            catch (NpgsqlException e)
            {
                // PostgreSQL is away or the connection broke, perhaps after the commit.
                if (attempt == 0)
                {
                    LogAway(logger, e, group.Count);
                }

                foreach (var commit in group)
                {
                    commit.MayStandAlready = true;
                }

                await Task.Delay(DelayBefore(attempt + 1), time, cancellationToken);
            }
        }
    }

    // One turn that cannot be written must not stop the others: find it.
    private async Task WriteOneByOneAsync(List<TurnCommit> group, PostgresException fault, CancellationToken cancellationToken)
    {
        if (group.Count > 1)
        {
            foreach (var commit in group.ToArray())
            {
                await WriteAsync([commit], cancellationToken);
            }

            return;
        }

        var lone = group[0];
        var key = lone.Insert is null ? "history_pkey" : fault.ConstraintName; // an instance id that is taken by a child is a fault of the parent
        if (fault.SqlState != PostgresErrorCodes.UniqueViolation || fault.ConstraintName != key)
        {
            LogRefused(logger, fault, lone.InstanceId);
            lone.OnFailed(fault);
        }
        else if (lone.MayStandAlready && await store.StandsAsync(lone, cancellationToken))
        {
            lone.OnCommitted();
        }
        else
        {
            LogLost(logger, lone.InstanceId);
            lone.OnLost();
        }
    }

    private static TimeSpan DelayBefore(int attempt) => TimeSpan.FromMilliseconds(Math.Min(2000, 20 * Math.Pow(2, Math.Min(attempt, 8))));

    [LoggerMessage(1101, LogLevel.Warning, "PostgreSQL did not take {Turns} turns; they wait and are written when it is back")]
    private static partial void LogAway(ILogger logger, Exception exception, int turns);

    [LoggerMessage(1102, LogLevel.Information, "PostgreSQL takes turns again, after {Attempts} attempts")]
    private static partial void LogRecovered(ILogger logger, int attempts);

    [LoggerMessage(1103, LogLevel.Error, "PostgreSQL refuses a turn of instance {InstanceId}")]
    private static partial void LogRefused(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(1104, LogLevel.Information, "Another process has gone on with instance {InstanceId}; forgotten here")]
    private static partial void LogLost(ILogger logger, string instanceId);
}
