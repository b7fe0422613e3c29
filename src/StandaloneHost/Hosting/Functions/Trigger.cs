using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Timers;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>What starts a function.</summary>
internal abstract record Trigger(string BindingType);

/// <summary>An HTTP request.</summary>
/// <param name="Route">Below the route prefix.</param>
/// <param name="Methods">In capitals; empty: every method.</param>
internal sealed record HttpTrigger(string Route, IReadOnlyList<string> Methods, AuthorizationLevel Level) : Trigger("httpTrigger")
{
    public bool Accepts(string method)
    {
        for (var i = 0; i < Methods.Count; i++)
        {
            if (string.Equals(Methods[i], method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return Methods.Count == 0;
    }
}

/// <summary>A message of a queue.</summary>
internal sealed record QueueTrigger(string Queue, QueueServiceClient Account) : Trigger("queueTrigger");

/// <summary>A point in time.</summary>
/// <param name="Schedule">When.</param>
/// <param name="IsMonitored">Whether a missed occurrence is made up for, and the function is told where its schedule stands.</param>
/// <param name="RunOnStartup">Whether it also fires when the process that runs the timers starts.</param>
internal sealed record TimerTrigger(TimerSchedule Schedule, bool IsMonitored, bool RunOnStartup) : Trigger("timerTrigger");

/// <summary>The start or the next turn of an orchestration.</summary>
internal sealed record OrchestrationTrigger(string Orchestration) : Trigger("orchestrationTrigger");

/// <summary>A call by an orchestration.</summary>
internal sealed record ActivityTrigger(string Activity) : Trigger("activityTrigger");
