using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Quorum.Functions.Runtimes;

/// <summary>What the runtime adds to the app's telemetry.</summary>
internal static class RuntimeTelemetry
{
    /// <summary>The worker's own defaults, with which the host leaves the telemetry of the functions to it, and the spans of Durable Task.</summary>
    public static IOpenTelemetryBuilder UseRuntimeTelemetry(this IOpenTelemetryBuilder builder) => builder
        .UseFunctionsWorkerDefaults()
        .WithTracing(tracing => tracing.AddSource("Microsoft.DurableTask", "DurableTask.*"));
}
