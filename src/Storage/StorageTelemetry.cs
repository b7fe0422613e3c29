using System.Diagnostics;

namespace Quorum.Storage;

/// <summary>The name of this project's spans; add it to a tracer to record them.</summary>
public static class StorageTelemetry
{
    /// <summary>One span per group sent to PostgreSQL: in the trace of its first item, with links to the traces of the others.</summary>
    public const string SourceName = "Quorum.Storage";

    internal static ActivitySource Source { get; } = new(SourceName);
}
