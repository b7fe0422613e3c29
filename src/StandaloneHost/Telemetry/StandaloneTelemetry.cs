using System.Diagnostics;

namespace Quorum.StandaloneHost.Telemetry;

/// <summary>The name of the standalone host's spans and measurements.</summary>
public static class StandaloneTelemetry
{
    /// <summary>
    /// The name to add to a tracer (a span for each HTTP request, message, timer firing and run of an activity) and to a meter provider.
    /// </summary>
    public const string SourceName = "Quorum.StandaloneHost";

    internal static ActivitySource Source { get; } = new(SourceName);
}
