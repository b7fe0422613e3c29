using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The sources of a compiled function's arguments.</summary>
internal static class Arguments
{
    public static HttpRequestData Request(Invocation invocation) => RequestOf(invocation).DataFor(invocation);

    public static TaskOrchestrationContext Orchestration(Invocation invocation) =>
        invocation.Orchestration ?? throw Missing(invocation, "an orchestration");

    public static T? OrchestrationInput<T>(Invocation invocation) => Orchestration(invocation).GetInput<T>();

    public static T? ActivityInput<T>(Invocation invocation) => ActivityOf(invocation).GetInput<T>();

    public static T? Message<T>(Invocation invocation) => (invocation.Message ?? throw Missing(invocation, "a message")).As<T>();

    public static TimerInfo Timer(Invocation invocation)
    {
        var firing = invocation.Timer ?? throw Missing(invocation, "a timer");
        return invocation.Function.Trigger is TimerTrigger { IsMonitored: true }
            ? new TimerInfo
            {
                IsPastDue = firing.IsPastDue,
                ScheduleStatus = new ScheduleStatus
                {
                    Last = firing.Last?.UtcDateTime ?? default,
                    Next = firing.Next.UtcDateTime,
                    LastUpdated = firing.LastUpdated.UtcDateTime,
                },
            }
            : new TimerInfo();
    }

    public static DurableTaskClient DurableClient(Invocation invocation) =>
        invocation.Function.Runtime.DurableClient ?? throw Missing(invocation, "a task hub");

    public static IncomingRequest RequestOf(Invocation invocation) => invocation.Request ?? throw Missing(invocation, "an HTTP request");

    private static ActivityInvocation ActivityOf(Invocation invocation) =>
        invocation.Activity ?? throw Missing(invocation, "an activity's call");

    private static InvalidOperationException Missing(Invocation invocation, string what) =>
        new($"Function '{invocation.Function.Name}' was invoked without {what}.");
}
