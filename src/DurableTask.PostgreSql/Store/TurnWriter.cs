using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Telemetry;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>
/// Group commit: writes the turns that are due in one transaction; while that is in progress the next ones collect. A single turn waits for
/// one round trip; under load many share it. Nothing is dropped: while PostgreSQL is unavailable, turns wait.
/// </summary>
internal sealed partial class TurnWriter(TurnStore store, PostgresOutage outage, PostgresOrchestrationOptions options, ILogger logger)
{
    // While the last write began no longer ago than this number of start delays, a start is delayed.
    private const int BusyDelays = 2;

    // A group of at most this many turns is not split after failures.
    private const int SmallGroup = 16;

    // A null wakes the writers: delayed turns have waited long enough.
    private readonly Channel<TurnCommit?> _due = Channel.CreateUnbounded<TurnCommit?>(new UnboundedChannelOptions { SingleReader = false });
    private readonly ConcurrentQueue<TurnCommit> _delayed = new();
    private readonly RejectedTurns _rejected = new(store, logger);
    private readonly DelayedWake _turnWake = new(options.CommitDelay);
    private readonly DelayedWake _startWake = new(options.StartDelay);
    private volatile bool _isOver;
    private int _waitingStarts;
    private long _lastWrite; // the timestamp of its beginning; 0 before the first
    private long _commits;
    private long _turns;

    /// <summary>The number of turns written and of the transactions that they took.</summary>
    public (long Turns, long Commits) Written => (Interlocked.Read(ref _turns), Interlocked.Read(ref _commits));

    /// <summary>Starts that wait to be written.</summary>
    public int WaitingStarts => Volatile.Read(ref _waitingStarts);

    /// <summary>True if no more starts may wait.</summary>
    public bool IsFull => WaitingStarts >= options.MaxWaitingStarts;

    /// <summary>Counts a start that a commit will insert, until that commit is being written.</summary>
    public void ExpectStart() => Interlocked.Increment(ref _waitingStarts);

    /// <summary>Takes back a start whose commit will not come.</summary>
    public void ForgetStart() => Interlocked.Decrement(ref _waitingStarts);

    public void Submit(TurnCommit commit)
    {
        var wake =
            commit.MayWait ? _turnWake
            : commit.IsFirstTurn && IsBusy ? _startWake
            : null;
        if (wake?.Delay > TimeSpan.Zero)
        {
            _delayed.Enqueue(commit);
            if (wake.TrySchedule())
            {
                _ = WakeAsync(wake);
            }

            return;
        }

        if (!_due.Writer.TryWrite(commit))
        {
            commit.OnStopped();
        }
    }

    /// <summary>Writes until <see cref="Complete"/> was called and everything is written, or until the token ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, options.TurnWriters).Select(_ => RunOneAsync(cancellationToken)));
        }
        finally
        {
            _isOver = true;
            StopDelayed();
        }
    }

    public void Complete()
    {
        _due.Writer.TryWrite(null);
        _due.Writer.TryComplete();
    }

    private bool IsBusy =>
        Interlocked.Read(ref _lastWrite) is not 0 and var begun && options.Time.GetElapsedTime(begun) < BusyDelays * options.StartDelay;

    private async Task WakeAsync(DelayedWake wake)
    {
        await Task.Delay(wake.Delay, options.Time);
        wake.Reset();
        if (!_due.Writer.TryWrite(null) && _isOver)
        {
            StopDelayed();
        }
    }

    private void StopDelayed()
    {
        while (_delayed.TryDequeue(out var late))
        {
            late.OnStopped();
        }
    }

    private async Task RunOneAsync(CancellationToken cancellationToken)
    {
        var group = new List<TurnCommit>(options.MaxTurnsPerCommit);
        while (await _due.Reader.WaitToReadAsync(cancellationToken) || !_delayed.IsEmpty)
        {
            group.Clear();
            while (group.Count < options.MaxTurnsPerCommit && _due.Reader.TryRead(out var commit))
            {
                if (commit is not null)
                {
                    group.Add(commit);
                }
            }

            while (group.Count < options.MaxTurnsPerCommit && _delayed.TryDequeue(out var delayed))
            {
                group.Add(delayed);
            }

            if (!_delayed.IsEmpty)
            {
                _due.Writer.TryWrite(null); // for the rest, which no other turn may follow
            }

            if (group.Count > 0)
            {
                CountStarts(group);
                await WriteOrReloadAsync(group, cancellationToken);
            }
        }
    }

    // The loop's edge: a fault in the writer itself must not end it, since every instance of the process waits for its writers.
    private async Task WriteOrReloadAsync(List<TurnCommit> group, CancellationToken cancellationToken)
    {
        TurnCommit[] all = [.. group];
        try
        {
            await WriteAsync(group, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogBroken(logger, e, all.Length);
            foreach (var commit in all)
            {
                if (!commit.IsSettled)
                {
                    commit.OnUnknown(e);
                }
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
        for (var attempt = 1; ; attempt++)
        {
            DropAbandoned(group);
            if (group.Count == 0)
            {
                return;
            }

            try
            {
                foreach (var single in await TryWriteAsync(group, cancellationToken))
                {
                    await WriteAsync([single], cancellationToken);
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
                    if (!commit.IsSettled)
                    {
                        commit.OnStopped();
                    }
                }

                throw;
            }

            await Task.Delay(DelayBefore(attempt), options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (attempt > 1 && group.Count > SmallGroup)
            {
                var half = group.Count / 2; // connections that break often may let smaller transactions through
                await WriteAsync(group[..half], cancellationToken);
                await WriteAsync(group[half..], cancellationToken);
                return;
            }
        }
    }

    /// <returns>The turns that must be written one by one: one of them stops the others, or was changed so that it can be written.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not accept them now.</exception>
    private async Task<TurnCommit[]> TryWriteAsync(List<TurnCommit> group, CancellationToken cancellationToken)
    {
        long begun;
        while (true)
        {
            try
            {
                begun = HubMetrics.Begin(HubMetrics.CommitDuration);
                await using (var connection = await store.OpenAsync(cancellationToken))
                {
                    await SendAsync(connection, group, cancellationToken);
                }

                break;
            }
            catch (PostgresException e) when (e.SqlState == HubSql.InstanceLost)
            {
                if (!await _rejected.RemoveLostAsync(group, e, cancellationToken))
                {
                    return [];
                }
            }
            catch (PostgresException e) when (e.IsAboutData())
            {
                if (group.Count > 1)
                {
                    return [.. group];
                }

                return await _rejected.SettleAsync(group[0], e, cancellationToken) ? [] : [.. group];
            }
            catch (Exception e) when (e is not NpgsqlException && !cancellationToken.IsCancellationRequested)
            {
                // It cannot even be sent: a value beyond the protocol's limits, for instance.
                if (group.Count > 1)
                {
                    return [.. group];
                }

                _rejected.Fail(group[0], e);
                return [];
            }
        }

        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _turns, group.Count);
        foreach (var commit in group)
        {
            commit.OnCommitted();
        }

        HubMetrics.Committed(begun, group.Count); // last, since a listener's fault must not be taken for one of the write
        return [];
    }

    private async Task SendAsync(NpgsqlConnection connection, List<TurnCommit> group, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastWrite, options.Time.GetTimestamp());
        try
        {
            await store.WriteAsync(connection, group, cancellationToken);
        }
        catch (Exception e) when (e is not PostgresException { InvariantSeverity: "ERROR" })
        {
            foreach (var commit in group)
            {
                commit.MayBeCommitted = true; // the connection broke, perhaps after the commit; an error would have undone it
            }

            throw;
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

    [LoggerMessage(2304, LogLevel.Error, "Writing {Count} turns failed unexpectedly; their instances continue from what is stored")]
    private static partial void LogBroken(ILogger logger, Exception exception, int count);

    /// <summary>Wakes the writers once for the turns that are delayed meanwhile.</summary>
    private sealed class DelayedWake(TimeSpan delay)
    {
        private int _isScheduled;

        public TimeSpan Delay => delay;

        /// <returns>False if one is scheduled.</returns>
        public bool TrySchedule() => Interlocked.Exchange(ref _isScheduled, 1) == 0;

        public void Reset() => Interlocked.Exchange(ref _isScheduled, 0);
    }
}
