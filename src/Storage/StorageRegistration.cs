using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Quorum.Storage;

public static class StorageRegistration
{
    /// <summary>
    /// Adds <see cref="QuoteStore"/>, <see cref="QuotaStore"/>, <see cref="BatchStore"/>, <see cref="BatchWork"/>,
    /// <see cref="DeadLetters"/>, <see cref="InstrumentCatalogue"/> and <see cref="QuoteAnnouncements"/> on the database of
    /// <c>ConnectionStrings:Quorum</c>, which the host migrates before it starts anything else.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services
            .AddOptionsWithValidateOnStart<StorageOptions>()
            .Bind(configuration.GetSection(StorageOptions.SectionName))
            .Configure(options => options.ConnectionString = configuration.GetConnectionString(StorageOptions.ConnectionName) ?? "");

        services.AddSingleton<IValidateOptions<ReferenceOptions>, ReferenceOptionsValidator>();
        services.AddOptionsWithValidateOnStart<ReferenceOptions>().Bind(configuration.GetSection(ReferenceOptions.SectionName));

        services.TryAddSingleton(new DatabaseClock(TimeProvider.System));
        if (services.All(service => service.ServiceType != typeof(TimeProvider) || service.ImplementationInstance == TimeProvider.System))
        {
            services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>()); // a clock that was chosen stays
        }

        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential()); // created only with Entra authentication
        services.AddSingleton(provider => new QuorumDatabase(
            provider.GetRequiredService<IOptions<StorageOptions>>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.EntraAuthentication
                ? provider.GetRequiredService<TokenCredential>()
                : null
        ));
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<InstrumentCatalogue>();
        services.AddSingleton<QuoteStore>();
        services.AddSingleton<BatchStore>();
        services.AddSingleton<BatchWork>();
        services.AddSingleton<UnfinishedBatches>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<TraceStore>();
        services.AddSingleton<QuotaStore>();
        services.AddSingleton<QuoteAnnouncements>();
        services.AddSingleton<WatchlistStore>();
        services.AddSingleton<PopularityStore>();
        services.AddSingleton<RefreshStore>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<FetchClaims>();
        services.AddSingleton<ConsumerStore>();
        services.AddHostedService<StorageStartup>();
        services.AddHostedService<DatabaseClockSync>();
        services.AddHostedService<InstrumentCatalogueRefresh>();
        services.AddHostedService(provider => provider.GetRequiredService<QuoteAnnouncements>());
        return services;
    }
}
