using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.DurableTask.Orchestrations;
using ExceptionProperties = Microsoft.DurableTask.Worker.IExceptionPropertiesProvider;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Runs this process's part of the task hub while the host runs: DurableTask.Core's worker over the PostgreSQL service.</summary>
internal sealed class TaskHubHost : IHostedService, IDisposable
{
    private readonly PostgresOrchestrationService _service;
    private readonly TaskHubWorker _worker;
    private readonly Activity _unrecorded = new("task hub");
    private bool _isStarted;

    public TaskHubHost(
        PostgresOrchestrationService service,
        OrchestrationFactory orchestrations,
        IEnumerable<ExceptionProperties> properties,
        TimeProvider time,
        ILoggerFactory loggerFactory
    )
    {
        _service = service;
        _worker = new TaskHubWorker(service, orchestrations, new NoActivities(), loggerFactory)
        {
            ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails,
        };
        _worker.AddOrchestrationDispatcherMiddleware(
            (context, next) =>
            {
                if (Activity.Current == _unrecorded)
                {
                    Activity.Current = null; // the orchestration is in no trace
                }

                var state = context.GetProperty<OrchestrationRuntimeState>();
                if (context.GetProperty<TaskOrchestration>() is RegisteredOrchestration orchestration)
                {
                    orchestration.Parent = state.ParentInstance;

                    // DurableTask.Core has stamped the turn with the clock of the machine; its timers are compared with this one.
                    if (state.NewEvents.LastOrDefault(e => e is OrchestratorStartedEvent) is { } turn)
                    {
                        turn.Timestamp = orchestration.Clock.TimeOf(state, time.GetUtcNow().UtcDateTime);
                    }
                }

                return next();
            }
        );
        if (properties.LastOrDefault() is { } provider)
        {
            _worker.ExceptionPropertiesProvider = new ExceptionPropertiesProviderAdapter(provider);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _service.StartAsync(cancellationToken); // the worker's own start cannot be cancelled while PostgreSQL is unavailable

        // DurableTask.Core begins a trace for each activity of an orchestration without one, unless it runs under a span that is not
        // recorded.
        using (_unrecorded.SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()).Start())
        {
            await _worker.StartAsync();
        }

        _isStarted = true;
    }

    /// <summary>
    /// Waits for running activities until the host's shutdown timeout, then cancels them, writes the finished turns, and releases the rest
    /// to other processes.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _service.StopAsync(cancellationToken);
        if (_isStarted)
        {
            await _worker.StopAsync(isForced: true);
        }
    }

    public void Dispose()
    {
        _worker.Dispose();
        _unrecorded.Dispose();
    }

    /// <summary>The activities of the dispatcher: none, since the service runs them directly.</summary>
    private sealed class NoActivities : INameVersionObjectManager<TaskActivity>
    {
        public void Add(ObjectCreator<TaskActivity> creator) =>
            throw new NotSupportedException($"Activities are added to the {nameof(TaskRegistry)}.");

        public TaskActivity? GetObject(string name, string? version) => null;
    }
}
