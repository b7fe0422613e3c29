using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using Quorum.Functions.Runtimes;

namespace Quorum.Functions.Telemetry;

/// <summary>OpenTelemetry: traces, metrics and logs over OTLP, as the standard <c>OTEL_*</c> variables say, and to what the runtime knows besides.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "quorum";

    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <summary>Adds the app's own metrics, and exports everything when there is somewhere to. Without that nothing listens, and spans and metrics cost
    /// nothing.</summary>
    public static void AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<AppMetrics>();
        var overOtlp = Array.Exists(Endpoints, endpoint => !string.IsNullOrWhiteSpace(builder.Configuration[endpoint]));
        if (!(overOtlp || RuntimeTelemetry.HasExporter(builder.Configuration)) || IsDisabled(builder.Configuration))
        {
            return;
        }

        // Not "System.Net.Http" among the sources: its spans hold the whole address, and some providers take the key in the query (N17).
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Configuration, builder.Environment))
            .WithTracing(tracing => tracing.AddSource("Quorum.*", "Npgsql"))
            .WithMetrics(metrics => metrics.AddMeter("Quorum.*", "Npgsql", "System.Net.Http", "System.Runtime", "Polly"))
            .WithLogging(null, logging => logging.IncludeScopes = true);
        telemetry.UseRuntimeTelemetry(builder.Configuration);
        if (overOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        builder.UseMiddleware<LogScopes>();
    }

    private static bool IsDisabled(ConfigurationManager configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the environment says wins (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>).</summary>
    private static void Describe(ResourceBuilder resource, ConfigurationManager configuration, IHostEnvironment environment)
    {
        var version = typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3);
        resource
            .AddService(configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : ServiceName, serviceVersion: version)
            .AddAttributes([new("deployment.environment.name", environment.EnvironmentName.ToLowerInvariant())])
            .AddEnvironmentVariableDetector();
    }
}
