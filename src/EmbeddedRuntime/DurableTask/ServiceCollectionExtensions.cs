using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.EmbeddedRuntime.DurableTask.Hub;

namespace Quorum.EmbeddedRuntime.DurableTask;

/// <summary>Registers the embedded Durable Task engine.</summary>
public static class DurableTaskServiceCollectionExtensions
{
    /// <summary>Adds the client and the worker. Fill the <see cref="TaskRegistry"/> before the host starts. Payloads follow the registered
    /// <see cref="JsonSerializerOptions"/> (the worker's), as on the real runtime.</summary>
    public static IServiceCollection AddDurableTaskEngine(this IServiceCollection services, Action<DurableTaskOptions, IServiceProvider>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TaskRegistry>();
        services.AddOptions<DurableTaskOptions>()
            .Configure<IServiceProvider>((options, provider) => configure?.Invoke(options, provider))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DurableTaskOptions>, DurableTaskOptionsValidator>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DurableTaskOptions>>().Value);
        services.AddSingleton(provider => new PayloadSerializer(provider.GetRequiredService<IOptions<JsonSerializerOptions>>().Value));
        services.AddSingleton(WorkerId.New());
        services.AddSingleton<TaskHubDatabase>();
        services.AddSingleton(provider => new TaskHubStore(provider.GetRequiredService<TaskHubDatabase>().Source, provider.GetRequiredService<WorkerId>().Value));
        services.AddSingleton(provider => new TaskHubMigrator(provider.GetRequiredService<TaskHubDatabase>().Source));
        services.AddSingleton<PostgresOutage>();
        services.AddSingleton<TurnWriter>();
        services.AddSingleton<ActivityDispatcher>();
        services.AddSingleton(provider => new OrchestrationHub(
            provider.GetRequiredService<TaskRegistry>(),
            provider.GetRequiredService<PayloadSerializer>(),
            provider.GetRequiredService<TaskHubStore>(),
            provider.GetRequiredService<TurnWriter>(),
            provider.GetRequiredService<ActivityDispatcher>(),
            provider.GetRequiredService<PostgresOutage>(),
            provider.GetRequiredService<WakeSignal>(),
            provider.GetRequiredService<WorkerId>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<WakeSignal>();
        services.AddSingleton<InstanceWaiters>();
        services.AddSingleton<TaskHubListener>();
        services.AddSingleton<EmbeddedDurableTaskClient>();
        services.AddSingleton<DurableTaskClient>(provider => provider.GetRequiredService<EmbeddedDurableTaskClient>());
        services.AddHostedService<TaskHubWorker>();
        return services;
    }
}

/// <summary>This process' name in the hub: for people its machine and number, and something random, since numbers come again.</summary>
internal sealed record WorkerId(string Value)
{
    public static WorkerId New() => new($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
}

/// <summary>The hub's own connections: few, long-lived, every statement prepared.</summary>
internal sealed class TaskHubDatabase : IAsyncDisposable
{
    // Every statement is a probe by key, planned once. A plan made while the tables are empty would scan them until the next analyze.
    private const string PlannerSettings = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    public TaskHubDatabase(DurableTaskOptions options, ILoggerFactory loggerFactory)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "task hub " + options.HubName,
            MaxPoolSize = options.TurnWriters + 8, // the writers, the listener, the one that leads the timers, and the seldom ones
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true, // nothing here changes a session's state, but the listener, which keeps its connection
            WriteBufferSize = 64 * 1024, // a group of turns in one piece
            KeepAlive = 10,
            Timeout = 5,
            CommandTimeout = 30,
        };
        settings.Options = string.IsNullOrWhiteSpace(settings.Options) ? PlannerSettings : $"{PlannerSettings} {settings.Options}";
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "taskhub" }
            .UseLoggerFactory(loggerFactory)
            .ConfigureTracing(tracing => tracing // a commit belongs to many traces, and a look at the hub to none
                .ConfigureCommandFilter(_ => false)
                .ConfigureBatchFilter(_ => false)
                .EnablePhysicalOpenTracing(false))
            .Build();
    }

    public NpgsqlDataSource Source { get; }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
