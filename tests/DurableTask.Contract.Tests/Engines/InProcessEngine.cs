using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>The standalone host's own: our service with DurableTask.Core's worker, the official shims and our client, all in one
/// process.</summary>
public class InProcessEngine : Engine
{
    private TestDatabase? _database;
    private IHost? _host;

    /// <summary>False to replay the history in each turn, as after a takeover.</summary>
    private protected virtual bool KeepsOrchestratorsInMemory => true;

    public override async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            await ((IAsyncDisposable)_host).DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override async Task<DurableTaskClient> StartAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton<IExceptionPropertiesProvider, InsufficientFundsProperties>();
        builder.Services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        builder.Services.AddDurableTaskEngine(
            (options, _) =>
            {
                options.ConnectionString = _database.ConnectionString;
                options.HubName = "contract";
                options.KeepOrchestratorsInMemory = KeepsOrchestratorsInMemory;
            }
        );
        _host = builder.Build();
        var registry = _host.Services.GetRequiredService<TaskRegistry>();
        Tasks.OrchestratorAdded = (name, orchestrator) => registry.AddOrchestrator(name, context => RunAsync(orchestrator, context));
        Tasks.ActivityAdded = (name, activity) =>
            registry.AddActivity(
                name,
                (call, _) => activity.RunAsync(new ActivityContext(call), Read(call.GetInput<JsonElement?>(), activity.InputType))
            );
        await _host.StartAsync();
        return _host.Services.GetRequiredService<DurableTaskClient>();
    }

    // The host's functions name the type of their input at compile time.
    private static Task<object?> RunAsync(ITaskOrchestrator orchestrator, TaskOrchestrationContext context) =>
        orchestrator.RunAsync(context, Read(context.GetInput<JsonElement?>(), orchestrator.InputType));

    private static object? Read(JsonElement? input, Type type) => input?.Deserialize(type, JsonSerializerOptions.Web);

    private sealed class ActivityContext(ActivityInvocation call) : TaskActivityContext
    {
        public override TaskName Name => call.Name;

        public override string InstanceId => call.InstanceId;
    }
}

/// <summary>The same, with a replay in each turn.</summary>
public sealed class ReplayingInProcessEngine : InProcessEngine
{
    private protected override bool KeepsOrchestratorsInMemory => false;
}
