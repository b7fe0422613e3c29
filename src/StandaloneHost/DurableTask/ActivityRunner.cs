using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using ExceptionProperties = Microsoft.DurableTask.Worker.IExceptionPropertiesProvider;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Runs the registered activities for the task hub, without the dispatcher of DurableTask.Core.</summary>
internal sealed partial class ActivityRunner(
    TaskRegistry registry,
    PayloadConverter converter,
    IEnumerable<ExceptionProperties> properties,
    ILogger<ActivityRunner> logger
)
{
    private readonly ExceptionProperties? _properties = properties.LastOrDefault();

    /// <summary>Runs one call of an activity and returns its result or its failure.</summary>
    /// <exception cref="OperationCanceledException">The host stops. The call runs again in the process that takes the instance
    /// over.</exception>
    public async Task<HistoryEvent> RunAsync(TaskMessage call, CancellationToken cancellationToken)
    {
        var scheduled = (TaskScheduledEvent)call.Event;
        var name = scheduled.Name ?? "";
        var trace = scheduled.ParentTraceContext;
        if (registry.FindActivity(name) is not { } run)
        {
            var reason = $"There is no activity '{name}' in this process. It has: {string.Join(", ", registry.Activities.Order())}.";
            return new TaskFailedEvent(
                -1,
                scheduled.EventId,
                reason,
                null,
                new FailureDetails("ActivityTaskNotFound", reason, null, null, isNonRetriable: true)
            );
        }

        try
        {
            var invocation = new ActivityInvocation(
                name,
                call.OrchestrationInstance.InstanceId,
                scheduled.EventId,
                trace?.TraceParent,
                trace?.TraceState,
                scheduled.Input,
                converter
            );
            return new TaskCompletedEvent(-1, scheduled.EventId, converter.Serialize(await run(invocation, cancellationToken)));
        }
#pragma warning disable CA1031 // an activity may throw any exception, which becomes its result
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            using (InTraceOf(trace?.TraceParent))
            {
                LogFailed(logger, e, name, call.OrchestrationInstance.InstanceId);
            }

            return new TaskFailedEvent(-1, scheduled.EventId, e.Message, null, Describe(e));
        }
    }

    // The activity's own span has ended; its log records still belong to the orchestration's trace.
    private static Activity? InTraceOf(string? traceParent) =>
        traceParent is null ? null : new Activity("activity").SetParentId(traceParent).Start();

    private FailureDetails Describe(Exception e) =>
        // Null is allowed, as in Core.
        new(e, e.InnerException is { } inner ? Describe(inner) : null!, _properties?.GetExceptionProperties(e));

    [LoggerMessage(2204, LogLevel.Warning, "Activity {Activity} of instance {InstanceId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string activity, string instanceId);
}
