using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>The orchestrators and activities of a worker that runs while facts are added: each fact brings its own, under names of its
/// own.</summary>
public sealed class LiveTasks : IDurableTaskFactory
{
    private readonly ConcurrentDictionary<string, ITaskOrchestrator> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ITaskActivity> _activities = new(StringComparer.OrdinalIgnoreCase);
    private int _names;

    /// <summary>Called with each orchestrator that is added, for workers that have a registry of their own.</summary>
    public Action<string, ITaskOrchestrator>? OrchestratorAdded { get; set; }

    /// <summary>Called with each activity that is added, for workers that have a registry of their own.</summary>
    public Action<string, ITaskActivity>? ActivityAdded { get; set; }

    /// <summary>Adds an orchestrator and returns its name: the fact's, with a number.</summary>
    public TaskName Add(string fact, ITaskOrchestrator orchestrator)
    {
        var name = NextName(fact);
        _orchestrators[name] = orchestrator;
        OrchestratorAdded?.Invoke(name, orchestrator);
        return name;
    }

    /// <summary>Adds an activity and returns its name: the fact's, with a number.</summary>
    public TaskName Add(string fact, ITaskActivity activity)
    {
        var name = NextName(fact);
        _activities[name] = activity;
        ActivityAdded?.Invoke(name, activity);
        return name;
    }

    public bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskActivity? activity) =>
        _activities.TryGetValue(name.Name, out activity);

    public bool TryCreateOrchestrator(
        TaskName name,
        IServiceProvider serviceProvider,
        [NotNullWhen(true)] out ITaskOrchestrator? orchestrator
    ) => _orchestrators.TryGetValue(name.Name, out orchestrator);

    private string NextName(string fact) => $"{fact}-{Interlocked.Increment(ref _names)}";
}
