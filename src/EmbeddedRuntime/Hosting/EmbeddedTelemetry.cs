using System.Diagnostics;

namespace Quorum.EmbeddedRuntime.Hosting;

/// <summary>Where the embedded runtime's spans come from; add it to a tracer to get them.</summary>
public static class EmbeddedTelemetry
{
    /// <summary>The name to add: one server span for each HTTP request, one for each activity run.</summary>
    public const string SourceName = "Quorum.EmbeddedRuntime";

    internal static ActivitySource Source { get; } = new(SourceName);
}
