using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>A process of the hub, as far as the hub can tell: a service with a worker and a client.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly TaskHubWorker _worker;
    private bool _hasLeft;

    private Worker(
        PostgresOrchestrationService service,
        IReadOnlyDictionary<string, Func<OrchestrationContext, string, Task<string>>> orchestrators,
        IReadOnlyDictionary<string, Func<string, Task<string>>> activities,
        Func<Task>? beforeTurn
    )
    {
        Service = service;
        Client = new TaskHubClient(service);
        _worker = new TaskHubWorker(service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        if (beforeTurn is not null)
        {
            _worker.AddOrchestrationDispatcherMiddleware(
                async (_, next) =>
                {
                    await beforeTurn();
                    await next();
                }
            );
        }

        foreach (var (name, run) in orchestrators)
        {
            _worker.AddTaskOrchestrations(
                new Named<TaskOrchestration>(
                    name,
                    () => run is null ? throw new InvalidOperationException("No orchestrator.") : new DelegateOrchestration(run)
                )
            );
        }

        foreach (var (name, run) in activities)
        {
            _worker.AddTaskActivities(new Named<TaskActivity>(name, () => new DelegateActivity(run)));
        }
    }

    public PostgresOrchestrationService Service { get; }

    public TaskHubClient Client { get; }

    public static async Task<Worker> StartAsync(
        TestDatabase database,
        Dictionary<string, Func<OrchestrationContext, string, Task<string>>>? orchestrators = null,
        Dictionary<string, Func<string, Task<string>>>? activities = null,
        TimeSpan? lease = null,
        TimeSpan? idleTime = null,
        bool keep = true,
        string? connectionString = null,
        string schema = PostgresOrchestrationOptions.DefaultSchema,
        string hubName = "TestHubName",
        TimeSpan? resultDelay = null,
        TimeSpan? commitDelay = null,
        TimeSpan? sweepPeriod = null,
        int? maxTurnAttempts = null,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        bool direct = false,
        Func<Task>? beforeTurn = null,
        Func<TaskMessage, CancellationToken, Task<HistoryEvent>>? run = null
    )
    {
        var service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions
            {
                ConnectionString = connectionString ?? database.ConnectionString,
                Lease = lease ?? TimeSpan.FromSeconds(10),
                IdleTime = idleTime ?? TimeSpan.FromMinutes(1),
                Time = time ?? TimeProvider.System,
                MaxTurnAttempts = maxTurnAttempts ?? 10,
                SweepPeriod = sweepPeriod ?? TimeSpan.FromSeconds(1),
                CommitDelay = commitDelay ?? TimeSpan.FromMilliseconds(5),
                ResultDelay = resultDelay ?? TimeSpan.FromMilliseconds(250),
                KeepOrchestratorsInMemory = keep,
                Schema = schema,
                HubName = hubName,
                LoggerFactory = loggers ?? NullLoggerFactory.Instance,
                RunActivity = run ?? (direct ? (call, _) => RunDirectlyAsync(activities ?? [], call) : null),
            }
        );
        var worker = new Worker(service, orchestrators ?? [], activities ?? [], beforeTurn);
        await worker._worker.StartAsync();
        return worker;
    }

    public Task<OrchestrationInstance> StartAsync(string name, string? instanceId = null, object? input = null) =>
        Client
            .CreateOrchestrationInstanceAsync(name, "", instanceId ?? Guid.NewGuid().ToString("N"), input ?? "")
            .WithinAsync(SignalTasks.Deadline);

    public Task<OrchestrationState> EndAsync(OrchestrationInstance instance) =>
        Client.WaitForOrchestrationAsync(instance, SignalTasks.Deadline);

    public Task RaiseAsync(string instanceId, string name, object? payload = null) =>
        Client.RaiseEventAsync(new OrchestrationInstance { InstanceId = instanceId }, name, payload ?? "");

    /// <summary>Leaves the hub as a process does that is stopped in order.</summary>
    public async Task LeaveAsync()
    {
        _hasLeft = true;
        await Service.StopAsync(isForced: true);
    }

    /// <summary>Leaves the hub, and waits for running activities until the token ends.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        _hasLeft = true;
        await Service.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasLeft)
        {
            await Service.StopAsync(isForced: true);
        }

        await _worker.StopAsync(isForced: true);
        _worker.Dispose();
        await Service.DisposeAsync();
    }

    private static async Task<HistoryEvent> RunDirectlyAsync(Dictionary<string, Func<string, Task<string>>> activities, TaskMessage call)
    {
        var scheduled = (TaskScheduledEvent)call.Event;
        return new TaskCompletedEvent(-1, scheduled.EventId, await activities[scheduled.Name!](scheduled.Input!));
    }

    private sealed class Named<T> : ObjectCreator<T>
    {
        private readonly Func<T> _create;

        public Named(string name, Func<T> create)
        {
            Name = name;
            Version = "";
            _create = create;
        }

        public override T Create() => _create();
    }

    private sealed class DelegateOrchestration(Func<OrchestrationContext, string, Task<string>> run) : TaskOrchestration
    {
        private readonly Dictionary<string, TaskCompletionSource<string>> _waiting = [];
        private readonly Queue<(string Name, string Input)> _raised = new();

        public override Task<string> Execute(OrchestrationContext context, string input)
        {
            Events.Of(
                context,
                name =>
                {
                    if (_raised.TryPeek(out var first) && first.Name == name)
                    {
                        return Task.FromResult(_raised.Dequeue().Input);
                    }

                    return (_waiting[name] = new TaskCompletionSource<string>()).Task;
                }
            );
            return run(context, input);
        }

        public override string? GetStatus() => null;

        public override void RaiseEvent(OrchestrationContext context, string name, string input)
        {
            if (_waiting.Remove(name, out var waiter))
            {
                waiter.SetResult(input);
            }
            else
            {
                _raised.Enqueue((name, input));
            }
        }
    }

    private sealed class DelegateActivity(Func<string, Task<string>> run) : TaskActivity
    {
        public override string Run(TaskContext context, string input) => throw new NotSupportedException();

        public override Task<string> RunAsync(TaskContext context, string input) => run(input);
    }
}

/// <summary>External events of a delegate orchestration.</summary>
internal static class Events
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<OrchestrationContext, Func<string, Task<string>>> Waits =
    [];

    public static void Of(OrchestrationContext context, Func<string, Task<string>> wait) => Waits.AddOrUpdate(context, wait);

    /// <summary>Waits for an external event; returns its payload.</summary>
    public static Task<string> EventAsync(this OrchestrationContext context, string name) =>
        Waits.TryGetValue(context, out var wait) ? wait(name) : throw new InvalidOperationException("Not an orchestration of these tests.");
}
