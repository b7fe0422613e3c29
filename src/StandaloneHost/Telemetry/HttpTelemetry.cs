using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Quorum.StandaloneHost.Telemetry;

/// <summary>The spans and measurements of HTTP requests, which are ASP.NET Core's.</summary>
internal static class HttpTelemetry
{
    /// <summary>Adds them to the app's tracer and meter provider, where it has any.</summary>
    public static void AddHttpTelemetry(this IServiceCollection services)
    {
        services.ConfigureOpenTelemetryTracerProvider(tracing =>
            tracing.AddAspNetCoreInstrumentation(spans =>
                spans.EnrichWithHttpRequest = static (span, _) => span.SetTag("url.query", null) // it may hold a key
            )
        );
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddAspNetCoreInstrumentation());
    }
}
