using System.Collections.Concurrent;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The orchestrators and activities of this process, by name, ignoring case. The host fills it before the engine starts.</summary>
public sealed class TaskRegistry
{
    private readonly ConcurrentDictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly ConcurrentDictionary<string, Func<ActivityInvocation, CancellationToken, Task<object?>>> _activities = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>The names of the orchestrators.</summary>
    public ICollection<string> Orchestrators => _orchestrators.Keys;

    /// <summary>The names of the activities.</summary>
    public ICollection<string> Activities => _activities.Keys;

    /// <summary>Adds an orchestrator.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> run) => Add(_orchestrators, name, run);

    /// <summary>Adds an activity.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run) => Add(_activities, name, run);

    internal bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name);

    internal Func<TaskOrchestrationContext, Task<object?>>? FindOrchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    internal Func<ActivityInvocation, CancellationToken, Task<object?>>? FindActivity(string name) => _activities.GetValueOrDefault(name);

    private static void Add<T>(ConcurrentDictionary<string, T> tasks, string name, T run)
    {
        if (!tasks.TryAdd(name, run))
        {
            throw new ArgumentException($"The name of a task must be unique; '{name}' is taken.", nameof(name));
        }
    }
}
