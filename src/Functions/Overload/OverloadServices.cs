using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Overload;

internal static class OverloadServices
{
    /// <summary>Adds what protects the app from more than it can carry, with its options from
    /// <see cref="OverloadOptions.Section"/>.</summary>
    public static IServiceCollection AddOverloadProtection(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<OverloadOptions>(configuration, OverloadOptions.Section);
        services.AddSingleton<IValidateOptions<OverloadOptions>, OverloadOptionsValidator>();
        services.AddSingleton<Admission>();
        services.AddHostedService<ThreadPoolWatch>();
        return services;
    }
}
