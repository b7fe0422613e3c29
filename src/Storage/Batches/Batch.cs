namespace Quorum.Storage;

/// <summary>A request for many symbols, and its progress.</summary>
public sealed record Batch
{
    public required string Id { get; init; }

    /// <summary>A hash of the symbols: distinguishes a repeated batch from another one under the same id.</summary>
    public required string Content { get; init; }

    public required BatchState State { get; init; }

    /// <summary>The number of items.</summary>
    public required int Total { get; init; }

    /// <summary>The number of items with a quote.</summary>
    public required int Done { get; init; }

    /// <summary>The number of items that failed, each for its own reason.</summary>
    public required int Failed { get; init; }

    /// <summary>The number of items that were open when the batch was cancelled.</summary>
    public required int Cancelled { get; init; }

    /// <summary>The time of creation, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The start of its orchestration, UTC; <see langword="null"/> before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The time at which its last item was settled, or it was cancelled, UTC; <see langword="null"/> before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The consumer that made it; <see langword="null"/> for the one owner.</summary>
    public string? Owner { get; init; }

    /// <summary>The task hub with its orchestration; <see langword="null"/> before its start, and if an earlier build started it.</summary>
    public string? TaskHub { get; init; }

    public bool IsFinished => State is BatchState.Completed or BatchState.Cancelled;

    /// <summary>The share of items that are no longer open, in percent, truncated to one decimal: 100 only when all are.</summary>
    public double Percent => Math.Floor((Done + Failed + Cancelled) * 1000d / Total) / 10;
}

public enum BatchState
{
    /// <summary>Stored; its message has been sent.</summary>
    Accepted,

    /// <summary>Its orchestration has begun.</summary>
    Running,

    /// <summary>Every item is done or failed.</summary>
    Completed,

    /// <summary>Cancelled by a caller; finished items stay.</summary>
    Cancelled,
}

/// <summary>One symbol of a batch.</summary>
public sealed record BatchItem
{
    /// <summary>The position in the batch, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The symbol as the caller wrote it, shortened.</summary>
    public required string Given { get; init; }

    /// <summary>The canonical symbol; <see langword="null"/> for an invalid one.</summary>
    public string? Symbol { get; init; }

    public required BatchItemStatus Status { get; init; }

    /// <summary>
    /// The reason of the failure as a stable name, such as <c>unknown-symbol</c>; <see langword="null"/> if the item did not fail.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>The reason of the failure as a sentence; <see langword="null"/> if the item did not fail.</summary>
    public string? Detail { get; init; }

    /// <summary>The time at which the item was settled, UTC; <see langword="null"/> while it is pending.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>
    /// The consolidated quote of a done item as one JSON object in UTF-8; <see langword="null"/> otherwise, or when the quote has been
    /// deleted since.
    /// </summary>
    public ReadOnlyMemory<byte>? Quote { get; init; }
}

public enum BatchItemStatus
{
    Pending,
    Done,
    Failed,
    Cancelled,
}

/// <param name="Items">The items, in the order of the batch.</param>
/// <param name="Next">The position after which the next page begins; <see langword="null"/> after the last.</param>
public sealed record BatchItemPage(IReadOnlyList<BatchItem> Items, int? Next);

/// <summary>A batch to be stored.</summary>
/// <param name="Id">The key.</param>
/// <param name="Content"><see cref="Batch.Content"/>.</param>
/// <param name="Items">At least one; the first has position 1.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record NewBatch(string Id, string Content, IReadOnlyList<NewBatchItem> Items, DateTimeOffset CreatedAt)
{
    /// <inheritdoc cref="Batch.Owner"/>
    public string? Owner { get; init; }
}

/// <param name="Given">The symbol as the caller wrote it, shortened.</param>
/// <param name="Symbol">The canonical symbol; <see langword="null"/> for an invalid one.</param>
/// <param name="Fault">The rule that the symbol breaks, as a sentence; <see langword="null"/> for a valid one.</param>
public sealed record NewBatchItem(string Given, string? Symbol, string? Fault);

/// <summary>The next work of a batch.</summary>
/// <param name="Batch">The current state.</param>
/// <param name="Due">The positions of items that are due, in order.</param>
/// <param name="NotBefore">
/// The time at which the first pending item is due again, UTC; <see langword="null"/> if one is due, or none is pending.
/// </param>
public sealed record BatchPlan(Batch Batch, IReadOnlyList<int> Due, DateTimeOffset? NotBefore)
{
    internal BatchPlan UpTo(int max) => Due.Count <= max ? this : this with { Due = [.. Due.Take(max)] };
}
