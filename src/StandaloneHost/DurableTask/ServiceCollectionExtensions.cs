using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask;

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
        services.AddSingleton(provider => new InstanceStore(provider.GetRequiredService<TaskHubDatabase>().Source));
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
