using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quorum.Functions.Settings;
using Quorum.Providers;

namespace Quorum.Functions.Quotes;

internal static class QuoteServices
{
    /// <summary>Adds what answers <c>GET quotes/{symbol}</c>, with its options from <see cref="QuoteOptions.Section"/>.</summary>
    public static IServiceCollection AddQuotes(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<QuoteOptions>(configuration, QuoteOptions.Section);
        services.AddSingleton<IValidateOptions<QuoteOptions>, QuoteOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<QuoteFlights>();
        services.AddSingleton<QuotesAtHand>();
        services.AddSingleton<StoredQuotes>();
        services.AddSingleton<ProviderListings>();
        services.AddSingleton<HubHealth>();
        services.AddSingleton<QuoteAggregation>();
        services.AddSingleton<LoadReference>();
        services.AddSingleton<QuoteWithoutHub>();
        services.AddSingleton<ILateQuotes, LateQuotes>();
        services.AddHostedService<PublishedElsewhere>();
        services.AddSingleton<QuoteRehearsal>();
        services.AddHostedService(provider => provider.GetRequiredService<QuoteRehearsal>());
        return services;
    }
}
