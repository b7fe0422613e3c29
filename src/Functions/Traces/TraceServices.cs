using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Settings;

namespace Quorum.Functions.Traces;

internal static class TraceServices
{
    /// <summary>Adds what keeps the spans of requests, with its options from <see cref="TraceOptions.Section"/>.</summary>
    public static IServiceCollection AddTraces(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<TraceOptions>(configuration, TraceOptions.Section);
        services.AddSingleton<TraceRecorder>();
        services.AddSingleton<TraceReader>();
        services.AddHostedService(static provider => provider.GetRequiredService<TraceRecorder>());
        return services;
    }
}
