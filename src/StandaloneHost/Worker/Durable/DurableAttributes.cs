using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes the function an orchestrator; stands on its <see cref="DurableTask.TaskOrchestrationContext"/> parameter.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestrator's name; null: the function's.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Makes the function an activity; stands on its input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name; null: the function's.</summary>
    public string? Activity { get; set; }
}

/// <summary>Supplies the client of the app's task hub; stands on a <see cref="DurableTask.Client.DurableTaskClient"/> parameter.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>Ignored here: an app has one task hub, and host.json names it. Kept because the package has it.</summary>
    public string? TaskHub { get; set; }

    /// <summary>Ignored here: the hub lives in the app's PostgreSQL. Kept because the package has it.</summary>
    public string? ConnectionName { get; set; }
}
