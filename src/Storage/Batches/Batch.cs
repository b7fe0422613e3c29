namespace Quorum.Storage;

/// <summary>Many symbols asked for together: how far their quotes are.</summary>
public sealed record Batch
{
    public required string Id { get; init; }

    /// <summary>A hash of its symbols: what tells a batch sent again from another one under the same id.</summary>
    public required string Content { get; init; }

    public required BatchState State { get; init; }

    /// <summary>How many items it has.</summary>
    public required int Total { get; init; }

    /// <summary>Items with a quote.</summary>
    public required int Done { get; init; }

    /// <summary>Items that will have none, each for its own reason.</summary>
    public required int Failed { get; init; }

    /// <summary>Items that were open when the batch was cancelled.</summary>
    public required int Cancelled { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its orchestration began, UTC; <see langword="null"/> before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last item was settled, or when it was cancelled, UTC; <see langword="null"/> before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsFinished => State is BatchState.Completed or BatchState.Cancelled;

    /// <summary>Items that are no longer open, in percent of all, cut off to one decimal: 100 only when all are.</summary>
    public double Percent => Math.Floor((Done + Failed + Cancelled) * 1000d / Total) / 10;
}

public enum BatchState
{
    /// <summary>Stored; its message is on its way.</summary>
    Accepted,

    /// <summary>Its orchestration has begun.</summary>
    Running,

    /// <summary>Every item is done or failed.</summary>
    Completed,

    /// <summary>Ended by a caller; what was done until then stays.</summary>
    Cancelled,
}

/// <summary>One symbol of a batch.</summary>
public sealed record BatchItem
{
    /// <summary>Its place in the batch, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The symbol as it was given, shortened.</summary>
    public required string Given { get; init; }

    /// <summary>Canonical; <see langword="null"/> when what was given is no symbol.</summary>
    public string? Symbol { get; init; }

    public required BatchItemStatus Status { get; init; }

    /// <summary>Why it failed: a stable name, such as <c>unknown-symbol</c>; <see langword="null"/> when it did not.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it failed, as a sentence; <see langword="null"/> when it did not.</summary>
    public string? Detail { get; init; }

    /// <summary>UTC; <see langword="null"/> while it is pending.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The consolidated quote of a done item as one JSON object in UTF-8; <see langword="null"/> otherwise, or when the quote has
    /// been deleted since.</summary>
    public ReadOnlyMemory<byte>? Quote { get; init; }
}

public enum BatchItemStatus
{
    Pending,
    Done,
    Failed,
    Cancelled,
}

/// <param name="Items">In the order of the batch.</param>
/// <param name="Next">The place after which the next page begins; <see langword="null"/> after the last.</param>
public sealed record BatchItemPage(IReadOnlyList<BatchItem> Items, int? Next);

/// <summary>A batch to be stored.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Content"><see cref="Batch.Content"/>.</param>
/// <param name="Items">At least one; the first has place 1.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record NewBatch(string Id, string Content, IReadOnlyList<NewBatchItem> Items, DateTimeOffset CreatedAt);

/// <param name="Given">As it was given, shortened.</param>
/// <param name="Symbol">Canonical; <see langword="null"/> when it is none.</param>
/// <param name="Fault">Why it is no symbol, as a sentence; <see langword="null"/> when it is one.</param>
public sealed record NewBatchItem(string Given, string? Symbol, string? Fault);

/// <summary>What there is to do next for a batch.</summary>
/// <param name="Batch">As it is now.</param>
/// <param name="Due">The places of items to ask for now, in order; empty when there are none.</param>
/// <param name="NotBefore">When the first of the pending items may be asked for again, UTC; <see langword="null"/> when one is due, or none
/// is pending.</param>
public sealed record BatchPlan(Batch Batch, IReadOnlyList<int> Due, DateTimeOffset? NotBefore)
{
    internal BatchPlan UpTo(int most) => Due.Count <= most ? this : this with { Due = [.. Due.Take(most)] };
}
