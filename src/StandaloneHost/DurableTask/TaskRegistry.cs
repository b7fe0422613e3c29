using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The orchestrators and activities of this process, by name without regard to case. Filled before the engine starts.</summary>
public sealed class TaskRegistry
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<ActivityInvocation, CancellationToken, Task<object?>>> _activities = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Orchestrators => _orchestrators.Keys;

    public IReadOnlyCollection<string> Activities => _activities.Keys;

    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> run) => _orchestrators.Add(name, run);

    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run) => _activities.Add(name, run);

    internal Func<TaskOrchestrationContext, Task<object?>>? FindOrchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    internal Func<ActivityInvocation, CancellationToken, Task<object?>>? FindActivity(string name) => _activities.GetValueOrDefault(name);
}
