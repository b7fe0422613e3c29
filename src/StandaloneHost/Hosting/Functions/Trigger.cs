using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Timers;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The trigger of a function.</summary>
internal abstract record Trigger(string BindingType);

/// <summary>An HTTP request.</summary>
/// <param name="Route">The route below the prefix.</param>
/// <param name="Methods">The methods in capitals; empty for all.</param>
internal sealed record HttpTrigger(string Route, IReadOnlyList<string> Methods, AuthorizationLevel Level) : Trigger("httpTrigger");

/// <summary>A message of a queue.</summary>
internal sealed record QueueTrigger(string Queue, QueueServiceClient Account) : Trigger("queueTrigger");

/// <summary>A timer.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="IsMonitored">True if missed occurrences are made up for, and the function receives the state of its schedule.</param>
/// <param name="RunOnStartup">True if it also fires when the process that runs the timers starts.</param>
internal sealed record TimerTrigger(TimerSchedule Schedule, bool IsMonitored, bool RunOnStartup) : Trigger("timerTrigger");

/// <summary>The start or the next turn of an orchestration.</summary>
internal sealed record OrchestrationTrigger(string Orchestration) : Trigger("orchestrationTrigger");

/// <summary>A call by an orchestration.</summary>
internal sealed record ActivityTrigger(string Activity) : Trigger("activityTrigger");
