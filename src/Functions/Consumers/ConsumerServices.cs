using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Consumers;

internal static class ConsumerServices
{
    /// <summary>Adds the consumers' keys and usage, with their options from <see cref="ConsumerOptions.Section"/>.</summary>
    public static IServiceCollection AddConsumers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ConsumerOptions>(configuration, ConsumerOptions.Section);
        services.AddSingleton<ConsumerDirectory>();
        services.AddHostedService<ConsumerRefresh>();
        return services;
    }
}
