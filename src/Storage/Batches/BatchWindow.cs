using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A pending item without an answer of a provider.</summary>
/// <param name="Ordinal">The position in the batch.</param>
public readonly record struct UnansweredItem(int Ordinal, Symbol Symbol);

/// <summary>The answer of one provider to an item.</summary>
/// <param name="Ordinal">The item's position in the batch.</param>
public readonly record struct ItemAnswer(int Ordinal, FetchOutcome Outcome);

/// <summary>A pending item with the providers' answers.</summary>
/// <param name="Ordinal">The position in the batch.</param>
/// <param name="Tries">The number of windows without a result so far.</param>
/// <param name="Outcomes">At most one per provider.</param>
public sealed record AnsweredItem(int Ordinal, Symbol Symbol, int Tries, IReadOnlyList<FetchOutcome> Outcomes);

/// <summary>The result of an item in a window.</summary>
public sealed record SettledItem
{
    /// <summary>The position in the batch.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Done, failed, or still pending for another attempt.</summary>
    public required BatchItemStatus Status { get; init; }

    /// <summary>For a done item: the publication (<see cref="PublishedQuote.InstanceId"/>).</summary>
    public string? QuoteId { get; init; }

    /// <summary>For a failed item: the reason as a stable name.</summary>
    public string? Reason { get; init; }

    /// <summary>For a failed item: the reason as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>For a pending item: the time of the next attempt, UTC.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>For a pending item: true if the window counts as one of its attempts, which are bounded.</summary>
    public bool CountsAsTry { get; init; }
}
