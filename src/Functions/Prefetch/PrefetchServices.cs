using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Prefetch;

internal static class PrefetchServices
{
    /// <summary>Adds what keeps quotes at hand, with its options from <see cref="PrefetchOptions.Section"/>.</summary>
    public static IServiceCollection AddPrefetch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<PrefetchOptions>, PrefetchOptionsValidator>();
        services.AddOptionsWithValidateOnStart<PrefetchOptions>()
            .Bind(configuration.GetSection(PrefetchOptions.Section))
            .ValidateDataAnnotations();
        services.AddSingleton<AskedSymbols>();
        services.AddSingleton<PrefetchPlanner>();
        services.AddSingleton<QuoteRefresher>();
        services.AddHostedService<PopularityCount>();
        return services;
    }
}
