using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Timers;

/// <summary>One timer of the app.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Schedule">The schedule.</param>
/// <param name="IsMonitored">True if an occurrence that was missed is made up for.</param>
/// <param name="RunOnStartup">True to fire once when this process becomes the one that runs the timers.</param>
/// <param name="Fire">Runs the function.</param>
internal sealed record TimerDefinition(
    string Name,
    TimerSchedule Schedule,
    bool IsMonitored,
    bool RunOnStartup,
    Func<TimerFiring, CancellationToken, Task> Fire
);

/// <param name="IsPastDue">True if the timer should have fired earlier, but no process was running.</param>
/// <param name="Last">The previous firing; <see langword="null"/> for none.</param>
/// <param name="Next">The next due time.</param>
/// <param name="LastUpdated">The time at which this was written.</param>
internal sealed record TimerFiring(bool IsPastDue, DateTimeOffset? Last, DateTimeOffset Next, DateTimeOffset LastUpdated);

/// <summary>Fires the hub's timers in one of its processes. The others take over within a second when it ends.</summary>
internal sealed partial class TimerLeader(
    TimerStore store,
    IReadOnlyList<TimerDefinition> timers,
    TimeProvider time,
    ILogger<TimerLeader> logger
)
{
    private static readonly TimeSpan StandBy = TimeSpan.FromSeconds(1);

    // A timer is past due after this delay; a busy machine alone must not cause it.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    // A function that keeps failing is logged at this interval.
    private static readonly TimeSpan SaidAgain = TimeSpan.FromMinutes(1);

    // Task.Delay is limited to 49 days; a rare timer is awaited in stages.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private long _outSince; // 0: PostgreSQL is available for the timers

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.OpenAsync(cancellationToken);
                while (!await TimerStore.TryLeadAsync(connection, cancellationToken))
                {
                    Served();
                    await Task.Delay(StandBy, time, cancellationToken);
                }

                LogLeads(logger, timers.Count);
                Served();
                await LeadAsync(connection, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                NotServed(e);
                await Task.Delay(StandBy, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it this process would fire no timer until a restart
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
                await Task.Delay(StandBy, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Until the connection, and with it the lock, is gone.
    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.WhenAll(timers.Select(timer => RunOneAsync(timer, leading.Token, cancellationToken)));
        try
        {
            while (true)
            {
                await connection.WaitAsync(cancellationToken); // nothing is expected; this returns when the connection breaks
            }
        }
        finally
        {
            await leading.CancelAsync();
            await running;
            await TimerStore.StopLeadingAsync(connection); // the connection returns to its pool, without the lock
        }
    }

    private async Task RunOneAsync(TimerDefinition timer, CancellationToken leading, CancellationToken stopping)
    {
        var onStartup = timer.RunOnStartup;
        var afresh = !timer.IsMonitored;
        var failures = 0;
        var saidAt = 0L;
        while (!leading.IsCancellationRequested)
        {
            try
            {
                var state = await store.LoadAsync(timer.Name, timer.Schedule, time.GetUtcNow(), afresh, leading);
                Served();
                afresh = false;
                if (!onStartup)
                {
                    await WaitUntilAsync(state.Next, leading);
                }

                var now = time.GetUtcNow();
                var isDue = state.Next <= now;
                var next = timer.Schedule.NextAfter(
                    now > state.Next ? now
                    : isDue ? state.Next
                    : now
                );
                if (await store.TryFireAsync(timer.Name, state.Next, next, now, leading))
                {
                    onStartup = false;
                    if (isDue)
                    {
                        RuntimeMetrics.TimerLateness.Record((now - state.Next).TotalSeconds, new TagList { { "faas.name", timer.Name } });
                    }

                    Tell(
                        await FireAsync(
                            timer,
                            new TimerFiring(isDue && now - state.Next > Tolerance, state.Last, next, state.LastUpdated),
                            stopping
                        )
                    );
                }
            }
            catch (NpgsqlException e)
            {
                NotServed(e);
                await Task.Delay(StandBy, time, leading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (leading.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it the timer would stand still until a restart
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
                await Task.Delay(SaidAgain, time, leading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        void Tell(Exception? fault)
        {
            if (fault is null)
            {
                if (failures > 0)
                {
                    LogWorks(logger, timer.Name, failures);
                }

                failures = 0;
            }
            else if (failures++ == 0 || time.GetElapsedTime(saidAt) >= SaidAgain)
            {
                saidAt = time.GetTimestamp();
                LogFailed(logger, fault, timer.Name, failures);
            }
        }
    }

    /// <returns>The exception of the function; <see langword="null"/> for none.</returns>
    private static async Task<Exception?> FireAsync(TimerDefinition timer, TimerFiring firing, CancellationToken cancellationToken)
    {
        try
        {
            await timer.Fire(firing, cancellationToken);
            return null;
        }
#pragma warning disable CA1031 // a function may throw anything; the next occurrence still fires
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private void NotServed(NpgsqlException reason)
    {
        if (Interlocked.CompareExchange(ref _outSince, time.GetTimestamp(), 0) == 0)
        {
            LogUnavailable(logger, reason);
        }
    }

    private void Served()
    {
        if (Volatile.Read(ref _outSince) != 0 && Interlocked.Exchange(ref _outSince, 0) is var since and not 0)
        {
            LogAvailable(logger, time.GetElapsedTime(since));
        }
    }

    private async Task WaitUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        while (due - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            await Task.Delay(left < MaxWait ? left + TimeSpan.FromMilliseconds(1) : MaxWait, time, cancellationToken);
        }
    }

    [LoggerMessage(2701, LogLevel.Information, "This process fires the hub's {Count} timers")]
    private static partial void LogLeads(ILogger logger, int count);

    [LoggerMessage(2702, LogLevel.Error, "Timer {Function} failed ({Failures} in a row); its next occurrence is fired as planned")]
    private static partial void LogFailed(ILogger logger, Exception exception, string function, int failures);

    [LoggerMessage(2703, LogLevel.Information, "Timer {Function} works again, after {Failures} failures")]
    private static partial void LogWorks(ILogger logger, string function, int failures);

    [LoggerMessage(2704, LogLevel.Warning, "PostgreSQL does not serve the timers; retrying")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(2706, LogLevel.Error, "A timer failed unexpectedly outside its function; it is tried again")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    [LoggerMessage(2705, LogLevel.Information, "PostgreSQL serves the timers again, after {Outage}")]
    private static partial void LogAvailable(ILogger logger, TimeSpan outage);
}
