using System.Diagnostics;

namespace Quorum.Storage;

/// <summary>Where this project's spans come from; add the name to a tracer to get them.</summary>
public static class StorageTelemetry
{
    /// <summary>One span for each group that goes to PostgreSQL: in the trace of its first item, with links to the traces of the
    /// others.</summary>
    public const string SourceName = "Quorum.Storage";

    internal static ActivitySource Source { get; } = new(SourceName);
}
