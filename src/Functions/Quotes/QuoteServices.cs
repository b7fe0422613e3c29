using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quorum.Functions.Settings;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Quotes;

internal static class QuoteServices
{
    /// <summary>Adds what answers <c>GET quotes/{symbol}</c>, with its options from <see cref="QuoteOptions.Section"/>.</summary>
    public static IServiceCollection AddQuotes(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<QuoteOptions>(configuration, QuoteOptions.Section);
        services.AddSingleton<IValidateOptions<QuoteOptions>, QuoteOptionsValidator>();
        services.PostConfigure<QuoteOptions>(static options => options.Merge?.Trust = ByName(options.Merge.Trust));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<QuoteStorageLog>();
        services.AddSingleton<QuoteFlights>();
        services.AddSingleton<QuoteCache>();
        services.AddSingleton<KnownQuotes>();
        services.AddSingleton<DirectQuotes>();
        services.AddSingleton<StoredQuotes>();
        services.AddSingleton<LaterQuotes>();
        services.AddSingleton<ProviderListings>();
        services.AddSingleton<HubHealth>();
        services.AddSingleton<InstanceStarter>();
        services.AddSingleton<QuoteAggregation>();
        services.AddSingleton<ProviderCallLimits>();
        services.AddSingleton<QuoteFinder>();
        services.AddSingleton<ConvertedQuotes>();
        services.AddSingleton<SharedFetches>();
        services.AddSingleton<LoadReference>();
        services.AddSingleton<ClaimedFetches>();
        services.AddSingleton<QuoteWithoutHub>();
        services.AddSingleton<ILateQuotes, LateQuotes>();
        services.AddHostedService<PublishedElsewhere>();
        return services;
    }

    /// <summary>Settings name a provider as in <c>Providers:AlphaVantage</c>, since not every environment takes hyphens, or as the API
    /// does.</summary>
    private static Dictionary<string, decimal> ByName(IReadOnlyDictionary<string, decimal> trust)
    {
        var named = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (name, weight) in trust)
        {
            var provider = ProviderId.All.FirstOrDefault(provider =>
                name.Equals(provider.SettingsName, StringComparison.OrdinalIgnoreCase)
                || name.Equals(provider.ToString(), StringComparison.OrdinalIgnoreCase)
            );
            named[provider == default ? name : provider.ToString()] = weight;
        }

        return named;
    }
}
