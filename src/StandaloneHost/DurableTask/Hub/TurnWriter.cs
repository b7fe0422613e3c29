using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>
/// Group commit: takes the turns that are due and writes them in one transaction; while that is under way the next ones gather.
/// A lone turn waits for one round trip; under load many share it. Nothing is dropped: while PostgreSQL is away, turns wait.
/// </summary>
internal sealed partial class TurnWriter(
    TaskHubStore store, PostgresOutage outage, DurableTaskOptions options, TimeProvider time, ILogger<TurnWriter> logger)
{
    // A null is a nudge: what may wait has waited long enough.
    private readonly Channel<TurnCommit?> _due = Channel.CreateUnbounded<TurnCommit?>(new UnboundedChannelOptions { SingleReader = false });
    private readonly ConcurrentQueue<TurnCommit> _waiting = new();
    private int _nudgeIsComing;
    private int _waitingStarts;
    private long _commits;
    private long _turns;

    /// <summary>How many turns have been written in how many transactions.</summary>
    public (long Turns, long Commits) Written => (Interlocked.Read(ref _turns), Interlocked.Read(ref _commits));

    /// <summary>Starts that wait to be written.</summary>
    public int WaitingStarts => Volatile.Read(ref _waitingStarts);

    /// <summary>Whether as many starts wait to be written as may.</summary>
    public bool IsFull => WaitingStarts >= options.MaxWaitingStarts;

    public void Submit(TurnCommit commit)
    {
        if (commit.Insert is not null)
        {
            Interlocked.Increment(ref _waitingStarts);
        }

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
                CountStarts(group);
                await WriteAsync(group, cancellationToken);
            }
        }
    }

    private void CountStarts(List<TurnCommit> group)
    {
        var starts = 0;
        foreach (var commit in group)
        {
            starts += commit.Insert is null ? 0 : 1;
        }

        Interlocked.Add(ref _waitingStarts, -starts);
    }

    private async Task WriteAsync(List<TurnCommit> group, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            DropAbandoned(group);
            if (group.Count == 0)
            {
                return;
            }

            try
            {
                if (!await TryWriteAsync(group, cancellationToken))
                {
                    foreach (var commit in group.ToArray())
                    {
                        await WriteAsync([commit], cancellationToken); // one turn that cannot be written must not stop the others: find it
                    }
                }

                outage.Works(HubPart.Turns);
                return;
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Turns, e);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                foreach (var commit in group)
                {
                    commit.OnStopped();
                }

                throw;
            }

            await Task.Delay(DelayBefore(attempt + 1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False when the turns must be tried one by one.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not take them now.</exception>
    private async Task<bool> TryWriteAsync(List<TurnCommit> group, CancellationToken cancellationToken)
    {
        try
        {
            var begun = RuntimeMetrics.Begin(RuntimeMetrics.CommitDuration);
            await using (var connection = await store.OpenAsync(cancellationToken))
            {
                await SendAsync(connection, group, cancellationToken);
            }

            RuntimeMetrics.CommitDuration.RecordSince(begun, default);
        }
        catch (PostgresException e) when (e.IsAboutData())
        {
            if (group.Count > 1)
            {
                return false;
            }

            await SettleAsync(group[0], e, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not NpgsqlException && !cancellationToken.IsCancellationRequested)
        {
            // What cannot even be sent: a value beyond the protocol's limits, say.
            if (group.Count > 1)
            {
                return false;
            }

            LogRefused(logger, e, group[0].InstanceId);
            group[0].OnFailed(e);
            return true;
        }

        RuntimeMetrics.CommitTurns.Record(group.Count);
        RuntimeMetrics.Turns.Add(group.Count);
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _turns, group.Count);
        foreach (var commit in group)
        {
            commit.OnCommitted();
        }

        return true;
    }

    private async Task SendAsync(NpgsqlConnection connection, List<TurnCommit> group, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(connection, group, cancellationToken);
        }
        catch (Exception e) when (e is not PostgresException { InvariantSeverity: "ERROR" })
        {
            foreach (var commit in group)
            {
                commit.MayStandAlready = true; // the connection broke, perhaps after the commit; an error alone would have undone it
            }

            throw;
        }
    }

    // A lone turn that PostgreSQL refuses: it stands already, another process has gone on with the instance, or it can never be written.
    private async Task SettleAsync(TurnCommit lone, PostgresException fault, CancellationToken cancellationToken)
    {
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

    private static void DropAbandoned(List<TurnCommit> group)
    {
        for (var i = group.Count - 1; i >= 0; i--)
        {
            if (group[i].IsAbandoned)
            {
                group[i].OnStopped();
                group.RemoveAt(i);
            }
        }
    }

    private static TimeSpan DelayBefore(int attempt) => TimeSpan.FromMilliseconds(Math.Min(2000, 20 * Math.Pow(2, Math.Min(attempt, 8))));

    [LoggerMessage(2302, LogLevel.Error, "PostgreSQL refuses a turn of instance {InstanceId}")]
    private static partial void LogRefused(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(2303, LogLevel.Information, "Another process has gone on with instance {InstanceId}; forgotten here")]
    private static partial void LogLost(ILogger logger, string instanceId);
}
