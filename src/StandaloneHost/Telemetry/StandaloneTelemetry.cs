using System.Diagnostics;

namespace Quorum.StandaloneHost.Telemetry;

/// <summary>Where the standalone host's spans and measurements come from.</summary>
public static class StandaloneTelemetry
{
    /// <summary>The name to add to a tracer (a span for each HTTP request, message, timer's firing, orchestration and run of an activity)
    /// and to a meter provider.</summary>
    public const string SourceName = "Quorum.StandaloneHost";

    /// <summary>The tag, with whatever value, of an orchestration that is to be in no measurement, nor its activities: one that nobody asked for. Its
    /// turns and their commits count all the same. For spans there is the sampling decision of whoever starts it.</summary>
    public const string UnmeasuredTag = "unmeasured";

    internal static ActivitySource Source { get; } = new(SourceName);
}
