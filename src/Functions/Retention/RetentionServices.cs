using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Retention;

internal static class RetentionServices
{
    /// <summary>Adds what deletes by age, with its options from <see cref="RetentionOptions.Section"/>.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RetentionOptions>(configuration, RetentionOptions.Section);
        return services;
    }
}
