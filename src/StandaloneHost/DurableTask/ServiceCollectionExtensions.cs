using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.DurableTask.Orchestrations;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Registers Durable Task on PostgreSQL in this process.</summary>
public static class DurableTaskServiceCollectionExtensions
{
    /// <summary>Adds the client and the worker. Fill the <see cref="TaskRegistry"/> before the host starts. Payloads follow the registered
    /// <see cref="JsonSerializerOptions"/> (the worker's), as in the Functions host.</summary>
    public static IServiceCollection AddDurableTaskEngine(
        this IServiceCollection services,
        Action<DurableTaskOptions, IServiceProvider>? configure = null
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TaskRegistry>();
        services
            .AddOptions<DurableTaskOptions>()
            .Configure<IServiceProvider>((options, provider) => configure?.Invoke(options, provider))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DurableTaskOptions>, DurableTaskOptionsValidator>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DurableTaskOptions>>().Value);
        services.AddSingleton(provider => new PayloadConverter(provider.GetRequiredService<IOptions<JsonSerializerOptions>>().Value));
        services.AddSingleton<ActivityRunner>();
        services.AddSingleton(provider => new PostgresOrchestrationService(
            provider
                .GetRequiredService<DurableTaskOptions>()
                .ForService(
                    provider.GetRequiredService<ActivityRunner>().RunAsync,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILoggerFactory>()
                )
        ));
        services.AddSingleton<OrchestrationFactory>();
        services.AddSingleton<HubDurableTaskClient>();
        services.AddSingleton<DurableTaskClient>(provider => provider.GetRequiredService<HubDurableTaskClient>());
        services.AddSingleton<TaskHubHost>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskHubHost>());
        return services;
    }
}
