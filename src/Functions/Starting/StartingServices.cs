using Microsoft.Extensions.DependencyInjection;

namespace Quorum.Functions.Starting;

internal static class StartingServices
{
    /// <summary>Adds the warm-up at the start of the process.</summary>
    public static IServiceCollection AddWarmUp(this IServiceCollection services)
    {
        services.AddSingleton<SampleQuotes>();
        services.AddSingleton<WarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        return services;
    }
}
