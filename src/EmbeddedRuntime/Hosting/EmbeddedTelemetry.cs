using System.Diagnostics;

namespace Quorum.EmbeddedRuntime.Hosting;

/// <summary>Where the embedded runtime's spans and measurements come from.</summary>
public static class EmbeddedTelemetry
{
    /// <summary>The name to add to a tracer (a span for each HTTP request, message, timer's firing, orchestration and run of an activity)
    /// and to a meter provider.</summary>
    public const string SourceName = "Quorum.EmbeddedRuntime";

    internal static ActivitySource Source { get; } = new(SourceName);
}
