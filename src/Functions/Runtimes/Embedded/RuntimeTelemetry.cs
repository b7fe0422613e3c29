using OpenTelemetry;

namespace Quorum.Functions.Runtimes;

/// <summary>What the runtime adds to the app's telemetry.</summary>
internal static class RuntimeTelemetry
{
    /// <summary>Nothing: the spans and figures of the embedded runtime come under names that begin as the app's do.</summary>
    public static IOpenTelemetryBuilder UseRuntimeTelemetry(this IOpenTelemetryBuilder builder) => builder;
}
