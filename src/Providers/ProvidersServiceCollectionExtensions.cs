using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Quorum.Providers;

public static class ProvidersServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ProviderFleet"/> with the settings below <c>Providers</c>, validated at start.
    /// A registered <see cref="ILateQuotes"/> gets what comes after a deadline; an <see cref="IQuotaLedger"/> registered before counts
    /// quotas for all processes.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProviderOptions>, ProviderOptionsValidator>());
        var section = configuration.GetSection(ProviderOptions.Section);
        foreach (var registration in ProviderRegistration.All)
        {
            services
                .AddOptionsWithValidateOnStart<ProviderOptions>(registration.Id.SettingsName)
                .Bind(section.GetSection(registration.Id.SettingsName));
        }

        services.TryAddSingleton<IQuotaLedger, LocalQuotaLedger>();
        services.AddSingleton(provider => new ProviderFleet(
            provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>(),
            provider.GetRequiredService<IQuotaLedger>(),
            provider.GetService<ILateQuotes>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()
        ));
        services.AddSingleton<SampleCalls>();
        return services;
    }
}
