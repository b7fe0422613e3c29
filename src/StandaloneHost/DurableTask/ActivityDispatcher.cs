using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Instances;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Runs activities on the thread pool, so many at once and the rest in the order in which they came.</summary>
internal sealed partial class ActivityDispatcher(
    TaskRegistry registry, PayloadSerializer serializer, DurableTaskOptions options, TimeProvider time, ILogger<ActivityDispatcher> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Work> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _drained;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public void Start(OrchestrationInstance instance, TaskScheduled scheduled, int generation)
    {
        var work = new Work(this, instance, scheduled, generation);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return; // whoever takes the instance over runs it
            }

            if (_running == options.MaxConcurrentActivities)
            {
                _waiting.Enqueue(work);
                return;
            }

            _running++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    /// <summary>Starts no more, and waits until what runs has ended; when the token ends first, cancels it.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_gate)
        {
            _waiting.Clear();
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running == 0)
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
            await _stopping.CancelAsync();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private void Next()
    {
        Work? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                _running--;
                if (_running == 0)
                {
                    _drained?.TrySetResult();
                }

                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: false);
    }

    private async Task RunAsync(OrchestrationInstance instance, TaskScheduled scheduled, int generation)
    {
        HistoryEvent outcome;
        var begun = instance.IsMeasured ? RuntimeMetrics.Begin(RuntimeMetrics.ActivityDuration) : 0;
        try
        {
            var run = registry.FindActivity(scheduled.Name)
                ?? throw new InvalidOperationException($"There is no activity '{scheduled.Name}' in this process. It has: {string.Join(", ", registry.Activities.Order())}.");
            var invocation = new ActivityInvocation(
                scheduled.Name, instance.InstanceId, scheduled.TaskId, instance.TraceContext, scheduled.Input, serializer);
            var result = await run(invocation, _stopping.Token);
            outcome = new TaskCompleted(time.GetUtcNow(), scheduled.TaskId, serializer.Serialize(result));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Next();
            return; // no outcome: it runs again where the instance goes on
        }
#pragma warning disable CA1031 // an activity may throw anything: what it threw is its outcome
        catch (Exception e)
#pragma warning restore CA1031
        {
            using (InTraceOf(instance))
            {
                LogFailed(logger, e, scheduled.Name, instance.InstanceId);
            }

            outcome = new TaskFailed(time.GetUtcNow(), scheduled.TaskId, TaskFailureDetails.FromException(e));
        }

        if (begun != 0)
        {
            RuntimeMetrics.ActivityDuration.RecordSince(
                begun, new TagList { { "name", scheduled.Name }, { "outcome", outcome is TaskCompleted ? "completed" : "failed" } });
        }

        Next();
        instance.Post(outcome, generation);
    }

    /// <summary>The activity's own span has ended with its run; what is logged of it belongs to the orchestration's trace all the same.</summary>
    private static Activity? InTraceOf(OrchestrationInstance instance) =>
        instance.TraceContext is { } trace ? new Activity("activity").SetParentId(trace).Start() : null;

    private sealed class Work(ActivityDispatcher dispatcher, OrchestrationInstance instance, TaskScheduled scheduled, int generation) : IThreadPoolWorkItem
    {
        public void Execute() => _ = dispatcher.RunAsync(instance, scheduled, generation);
    }

    [LoggerMessage(2201, LogLevel.Warning, "Activity {Activity} of instance {InstanceId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string activity, string instanceId);
}
