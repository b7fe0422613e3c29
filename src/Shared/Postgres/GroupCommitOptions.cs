using System.Diagnostics;

namespace Quorum.Shared.Postgres;

/// <summary>Options of a <see cref="GroupCommit{TItem}"/>.</summary>
internal sealed record GroupCommitOptions
{
    /// <summary>The number of groups that may be under way at once, each on a connection of its own; at least 1.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The maximum number of items in one group; at least 1.</summary>
    public int LargestGroup { get; init; } = 512;

    /// <summary>The maximum number of waiting items; at least 1.</summary>
    public int Capacity { get; init; } = 8192;

    /// <summary>The time for which a group that is not full waits for more items; for items that no caller waits for. Default:
    /// none.</summary>
    public TimeSpan BatchDelay { get; init; }

    /// <summary>The clock of <see cref="BatchDelay"/>. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Receives the exception of items that no caller waits for, and their number. Default: it is ignored.</summary>
    public Action<Exception, int>? Failed { get; init; }

    /// <summary>The source of one span for each group, in the trace of its first item, with links to the traces of the others. Default: no
    /// spans.</summary>
    public ActivitySource? Spans { get; init; }

    /// <summary>The name of that span.</summary>
    public string SpanName { get; init; } = "group";
}
