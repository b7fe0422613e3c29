using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Prefetch;

internal static class PrefetchServices
{
    /// <summary>Adds the prefetch, with its options from <see cref="PrefetchOptions.Section"/>.</summary>
    public static IServiceCollection AddPrefetch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<PrefetchOptions>(configuration, PrefetchOptions.Section);
        services.AddSingleton<AskedSymbols>();
        services.AddSingleton<PrefetchPlanner>();
        services.AddSingleton<RefreshForecasts>();
        services.AddSingleton<QuoteRefresher>();
        services.AddHostedService<PopularityCount>();
        return services;
    }
}
