using System.Threading.Channels;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql.Telemetry;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Runs the activities of this process: through the worker's activity dispatcher, or directly on the thread pool if the options
/// have a delegate for them. Beyond the limit they wait in the order in which they were scheduled.</summary>
internal sealed partial class ActivityQueue(PostgresOrchestrationOptions options, ILogger logger) : IDisposable
{
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(1);

    private readonly Channel<ActivityWorkItem> _dispatched = Channel.CreateUnbounded<ActivityWorkItem>();
    private readonly Lock _gate = new();
    private readonly Queue<DirectRun> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _drained;
    private int _running;

    /// <summary>Activities that run in this process now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>True once no more activities begin in this process: those that still must are for another one. Never with the worker's
    /// dispatcher, which decides that itself.</summary>
    public bool IsDraining => options.RunActivity is not null && Volatile.Read(ref _drained) is not null;

    public void Start(OrchestrationSession session, TaskMessage message)
    {
        if (options.RunActivity is null)
        {
            _dispatched.Writer.TryWrite(
                new ActivityWorkItem(session)
                {
                    Id = $"{session.InstanceId}:{message.Event.EventId}",
                    TaskMessage = message,
                    LockedUntilUtc = DateTime.MaxValue, // the lease is the worker's, so no item needs a renewal of its own
                }
            );
            return;
        }

        var run = new DirectRun(this, session, message);
        lock (_gate)
        {
            if (_drained is not null)
            {
                return; // the process that takes the instance over runs it
            }

            if (_running == options.MaxConcurrentActivities)
            {
                _waiting.Enqueue(run);
                return;
            }

            _running++;
            session.ActivityBegins();
        }

        ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
    }

    /// <summary>The next activity for the worker's activity dispatcher.</summary>
    public async Task<TaskActivityWorkItem> TakeAsync(CancellationToken cancellationToken)
    {
        var item = await _dispatched.Reader.ReadAsync(cancellationToken);
        Interlocked.Increment(ref _running);
        return item;
    }

    /// <summary>Adds the result of an activity that the worker's activity dispatcher ran.</summary>
    public void Complete(ActivityWorkItem item, TaskMessage result)
    {
        Interlocked.Decrement(ref _running);
        item.OrchestrationSession.PostResult(result);
    }

    /// <summary>Runs an activity again after a delay: its dispatcher could not run it.</summary>
    public void Abandon(ActivityWorkItem item)
    {
        Interlocked.Decrement(ref _running);
        _ = RetryAsync(item);
    }

    /// <summary>Starts no more activities and waits for those that run; when the token ends first, cancels them, and waits for at most a
    /// second more.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_gate)
        {
            _waiting.Clear();
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running == 0 || options.RunActivity is null)
            {
                return;
            }

            drained = _drained.Task;
        }

        try
        {
            await drained.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _stopping.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what an activity registered may throw
            await drained
                .WaitAsync(CancelGrace, options.Time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RetryAsync(ActivityWorkItem item)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), options.Time);
        _dispatched.Writer.TryWrite(item);
    }

    private void Next()
    {
        DirectRun? next;
        lock (_gate)
        {
            do
            {
                _waiting.TryDequeue(out next);
            } while (next is { IsObsolete: true });

            if (next is null)
            {
                _running--;
                if (_running == 0)
                {
                    _drained?.TrySetResult();
                }

                return;
            }

            next.Session.ActivityBegins();
        }

        ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: false);
    }

    // A log or a listener of the metrics may throw as well: the result is posted all the same, or the instance would wait for ever.
    private async Task RunAsync(OrchestrationSession session, TaskMessage message)
    {
        var name = ((TaskScheduledEvent)message.Event).Name ?? "";
        HistoryEvent? result = null;
        try
        {
            var begun = session.IsMeasured ? HubMetrics.Begin(HubMetrics.ActivityDuration) : 0;
            try
            {
                result = await options.RunActivity!(message, _stopping.Token); // direct runs exist only with it
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return; // no result: it runs again in the process that takes the instance over
            }
#pragma warning disable CA1031 // an activity may throw anything, and that is its result
            catch (Exception e)
#pragma warning restore CA1031
            {
                result = new TaskFailedEvent(-1, message.Event.EventId, e.Message, null, new FailureDetails(e));
                LogFailed(logger, e, name, session.InstanceId);
            }

            HubMetrics.ActivityEnded(begun, name, result is TaskCompletedEvent);
        }
        finally
        {
            if (result is not null)
            {
                session.PostResult(new TaskMessage { Event = result, OrchestrationInstance = message.OrchestrationInstance });
            }

            session.ActivityEnded(); // after its result is there: the instance must not be released without it
            Next(); // as well: the process must not leave without it
        }
    }

    private sealed class DirectRun(ActivityQueue queue, OrchestrationSession session, TaskMessage message) : IThreadPoolWorkItem
    {
        public OrchestrationSession Session => session;

        /// <summary>True if the instance has left this process: the one that has it runs the activity.</summary>
        public bool IsObsolete => session.HasLeft;

        public void Execute() => _ = queue.RunAsync(session, message);
    }

    [LoggerMessage(2201, LogLevel.Warning, "Activity {Activity} of instance {InstanceId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string activity, string instanceId);
}
