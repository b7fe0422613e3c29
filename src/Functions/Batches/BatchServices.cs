using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Messages;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Batches;

internal static class BatchServices
{
    /// <summary>Adds what works on batches, with its options from <see cref="BatchOptions.Section"/>.</summary>
    public static IServiceCollection AddBatches(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<BatchOptions>(configuration, BatchOptions.Section);
        services.Configure<JsonSerializerOptions>(options => options.TypeInfoResolverChain.Insert(0, BatchDurableJson.Default));
        services.AddSingleton<BatchPlanning>();
        services.AddSingleton<BatchFetches>();
        services.AddSingleton<BatchTimes>();
        services.AddSingleton<BatchCapacity>();
        services.AddSingleton<AbandonedBatches>();
        services.AddSingleton(new SecretMask(configuration));
        services.AddSingleton<RefusedMessages>();
        return services;
    }
}
