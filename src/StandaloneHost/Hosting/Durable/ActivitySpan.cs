using System.Diagnostics;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Durable;

/// <summary>
/// The span of one run of an activity, under the trace that started its orchestration, with the names and tags of the Durable Task
/// packages. Costs nothing without a listener.
/// </summary>
internal static class ActivitySpan
{
    public static Activity? Start(ActivityInvocation call)
    {
        if (!StandaloneTelemetry.Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(call.TraceParent, call.TraceState, isRemote: true, out var parent);
        var span = StandaloneTelemetry.Source.CreateActivity($"activity:{call.Name}", ActivityKind.Server, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("durabletask.type", "activity");
            span.SetTag("durabletask.task.name", call.Name);
            span.SetTag("durabletask.task.instance_id", call.InstanceId);
            span.SetTag("durabletask.task.task_id", call.TaskId);
        }

        return span?.Start();
    }
}
