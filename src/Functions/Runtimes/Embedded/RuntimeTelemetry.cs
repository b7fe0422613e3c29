using Microsoft.Extensions.Configuration;
using OpenTelemetry;

namespace Quorum.Functions.Runtimes;

/// <summary>What the runtime adds to the app's telemetry: nothing. The spans and figures of the standalone host come under names that begin as the
/// app's do.</summary>
internal static class RuntimeTelemetry
{
    public static bool HasExporter(IConfiguration configuration) => false;

    public static void UseRuntimeTelemetry(this OpenTelemetryBuilder builder, IConfiguration configuration)
    {
    }
}
