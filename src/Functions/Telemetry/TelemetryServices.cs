using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Quorum.Functions.Telemetry;

/// <summary>OpenTelemetry: traces, metrics and logs over OTLP, as the standard <c>OTEL_*</c> variables say, and to Application
/// Insights.</summary>
internal static class TelemetryServices
{
    private const string ServiceName = "quorum";
    private const string InsightsConnection = "APPLICATIONINSIGHTS_CONNECTION_STRING",
        InsightsAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <summary>Adds the app's own metrics, and exports everything when there is somewhere to. Without that nothing listens, and spans and
    /// metrics cost nothing.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder app, IFunctionsWorkerApplicationBuilder worker)
    {
        app.Services.AddMetrics();
        app.Services.AddSingleton<AppMetrics>();
        var overOtlp = Array.Exists(Endpoints, endpoint => !string.IsNullOrWhiteSpace(app.Configuration[endpoint]));
        var toInsights = !string.IsNullOrWhiteSpace(app.Configuration[InsightsConnection]);
        if (!(overOtlp || toInsights) || IsDisabled(app.Configuration))
        {
            return;
        }

        // HttpClient's metrics, not its spans: those hold the whole address, and some providers take the key in the query (N17).
        var telemetry = app
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, app.Configuration, app.Environment))
            .WithTracing(tracing => tracing.AddNpgsql().AddSource("Quorum.*", "Microsoft.DurableTask", "DurableTask.*"))
            .WithMetrics(metrics =>
                metrics.AddNpgsqlInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter("Quorum.*", "Polly")
            )
            .WithLogging(null, logging => logging.IncludeScopes = true);
        if (worker is FunctionsApplicationBuilder)
        {
            telemetry.UseFunctionsWorkerDefaults(); // the Functions host then leaves the telemetry of functions to this process
        }

        if (toInsights)
        {
            telemetry.UseAzureMonitorExporter(exporter => Describe(exporter, app.Configuration));
        }

        if (overOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        worker.UseMiddleware<LogScopes>();
    }

    private static void Describe(AzureMonitorExporterOptions exporter, IConfiguration configuration)
    {
        exporter.ConnectionString = configuration[InsightsConnection];
        if (configuration[InsightsAuthentication]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true)
        {
            exporter.Credential = new DefaultAzureCredential();
        }
    }

    private static bool IsDisabled(IConfiguration configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Sets the resource; the environment takes precedence (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>).</summary>
    private static void Describe(ResourceBuilder resource, IConfiguration configuration, IHostEnvironment environment)
    {
        var version = typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3);
        resource
            .AddService(configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : ServiceName, serviceVersion: version)
            .AddAttributes([new("deployment.environment.name", environment.EnvironmentName.ToLowerInvariant())])
            .AddEnvironmentVariableDetector();
    }
}
