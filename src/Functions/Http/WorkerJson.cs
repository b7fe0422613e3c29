using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Http;

internal static class WorkerJson
{
    /// <summary>Sets up the JSON that the worker writes by itself, above all durable inputs and results: camel case, without what is
    /// missing (history grows with every byte), and generated code first.</summary>
    public static IServiceCollection AddWorkerJson(this IServiceCollection services) =>
        services.Configure<JsonSerializerOptions>(options =>
        {
            options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.TypeInfoResolverChain.Insert(0, DurableJson.Default);
            options.TypeInfoResolverChain.Insert(1, MarketDataJson.Default);
            options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver()); // What is not ours: the platform's own payloads.
        });
}
