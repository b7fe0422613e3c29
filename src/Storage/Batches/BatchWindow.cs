using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A pending item that a provider is still to be asked for.</summary>
/// <param name="Ordinal">Its place in the batch.</param>
public readonly record struct UnansweredItem(int Ordinal, Symbol Symbol);

/// <summary>What one provider said to an item.</summary>
/// <param name="Ordinal">The item's place in the batch.</param>
public readonly record struct ItemAnswer(int Ordinal, FetchOutcome Outcome);

/// <summary>A pending item with what the providers said to it.</summary>
/// <param name="Ordinal">Its place in the batch.</param>
/// <param name="Tries">Windows that brought no result so far.</param>
/// <param name="Outcomes">At most one for each provider.</param>
public sealed record AnsweredItem(int Ordinal, Symbol Symbol, int Tries, IReadOnlyList<FetchOutcome> Outcomes);

/// <summary>What an item came to in a window.</summary>
public sealed record SettledItem
{
    /// <summary>Its place in the batch.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Done, failed, or pending still: it is to be asked for again.</summary>
    public required BatchItemStatus Status { get; init; }

    /// <summary>Of a done item: the publication (<see cref="PublishedQuote.InstanceId"/>).</summary>
    public string? QuoteId { get; init; }

    /// <summary>Of a failed item: a stable name.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a failed item: a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>Of a pending item: when it is to be asked for again, UTC.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Of a pending item: the window counts among its tries, which are bounded.</summary>
    public bool CountsAsTry { get; init; }
}
