using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;

namespace Quorum.Functions.Runtimes;

/// <summary>What the runtime adds to the app's telemetry.</summary>
internal static class RuntimeTelemetry
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING", Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Application Insights takes telemetry, whether an OTLP endpoint is given or not.</summary>
    public static bool HasExporter(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[ConnectionString]);

    /// <summary>The worker's own defaults, with which the host leaves the telemetry of the functions to it, the spans of Durable Task, and Application
    /// Insights, with the app's identity where keys are off there.</summary>
    public static void UseRuntimeTelemetry(this OpenTelemetryBuilder builder, IConfiguration configuration)
    {
        builder.UseFunctionsWorkerDefaults();
        builder.WithTracing(tracing => tracing.AddSource("Microsoft.DurableTask", "DurableTask.*"));
        if (HasExporter(configuration))
        {
            builder.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = configuration[ConnectionString];
                if (configuration[Authentication]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) is true)
                {
                    exporter.Credential = new DefaultAzureCredential();
                }
            });
        }
    }
}
