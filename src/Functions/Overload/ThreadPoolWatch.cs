using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Telemetry;

namespace Quorum.Functions.Overload;

/// <summary>
/// Measures how long a work item waits for a thread of the pool, and threads for a processor, tells <see cref="Admission"/>, and says so
/// once when the pool starves: when work waits although there are threads, because they are all blocked or the processor is not enough. On
/// a thread of its own, so that it can tell while it lasts.
/// </summary>
public sealed partial class ThreadPoolWatch(
    Admission admission,
    AppMetrics metrics,
    TimeProvider time,
    IOptions<OverloadOptions> options,
    ILogger<ThreadPoolWatch> logger
) : IHostedService, IThreadPoolWorkItem, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Short waits in a row, a second's worth, that end an episode.</summary>
    private const int CalmEnough = 40;

    private readonly TimeSpan _starvation = TimeSpan.FromMilliseconds(options.Value.StarvationMs);
    private readonly ManualResetEventSlim _ran = new();
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private long _ranAt;
    private long? _starvedSince;
    private int _calm;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "Quorum thread pool watch" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose() => _stop.Set(); // The thread may still look at the events: they are left to the collector.

    void IThreadPoolWorkItem.Execute()
    {
        _ranAt = time.GetTimestamp();
        _ran.Set();
    }

    /// <summary>A work item waits already so long, and is not run yet.</summary>
    internal void StillWaiting(TimeSpan wait)
    {
        _calm = 0;
        if (_starvedSince is null)
        {
            _starvedSince = time.GetTimestamp();
            LogStarves(wait.TotalMilliseconds, ThreadPool.PendingWorkItemCount, ThreadPool.ThreadCount);
        }
    }

    /// <summary>A work item has waited so long.</summary>
    internal void Waited(TimeSpan wait)
    {
        metrics.ThreadPoolWaited(wait);
        admission.Observe(wait);
        if (wait >= _starvation)
        {
            StillWaiting(wait);
        }
        else if (_starvedSince is { } since && ++_calm >= CalmEnough)
        {
            _starvedSince = null;
            LogRecovered(time.GetElapsedTime(since).TotalSeconds);
        }
    }

    private void Watch()
    {
        var sleptAt = time.GetTimestamp();
        while (!_stop.Wait(Interval))
        {
            var queuedAt = time.GetTimestamp();
            var late = time.GetElapsedTime(sleptAt, queuedAt) - Interval; // There was no processor for this thread: nor for the others.
            _ran.Reset();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            while (!_ran.Wait(_starvation))
            {
                if (_stop.IsSet)
                {
                    return;
                }

                StillWaiting(time.GetElapsedTime(queuedAt));
            }

            Waited(time.GetElapsedTime(queuedAt, _ranAt) + (late > TimeSpan.Zero ? late : TimeSpan.Zero));
            sleptAt = time.GetTimestamp();
        }
    }

    [LoggerMessage(
        EventId = 1020,
        Level = LogLevel.Warning,
        Message = "The thread pool starves: a work item waits for {WaitMs:F0} ms already, with {Pending} more in the queue and {Threads} threads. "
            + "Something blocks its threads, or the processor is not enough."
    )]
    private partial void LogStarves(double waitMs, long pending, int threads);

    [LoggerMessage(
        EventId = 1021,
        Level = LogLevel.Information,
        Message = "The thread pool does not starve any more; it did for {Seconds:F1} s."
    )]
    private partial void LogRecovered(double seconds);
}
