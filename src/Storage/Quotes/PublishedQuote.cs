using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A consolidated quote as an orchestration published it: the document for callers, and its search keys.</summary>
public sealed record PublishedQuote
{
    /// <summary>The largest difference between the clocks of two processes that is not noticed.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The key: the id of the orchestration instance that made the quote, or an id derived from it for an agreed quote or an item of a
    /// batch. Publishing the same again changes nothing.
    /// </summary>
    public required string InstanceId { get; init; }

    public required Symbol Symbol { get; init; }

    /// <summary>The time of the merge by the publishing process's clock, UTC. The age of a quote counts from here.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The price of the document; <see langword="null"/> if no provider and no stored quote has one.</summary>
    public decimal? Price { get; init; }

    /// <summary>The venue's time of the price, UTC.</summary>
    public DateTimeOffset? AsOf { get; init; }

    public required Completeness Completeness { get; init; }

    /// <summary>The number of providers that agreed on a quote published before all had answered; <see langword="null"/> for any
    /// other.</summary>
    public int? Agreeing { get; init; }

    /// <summary>True if all providers were called, not a selection: only then may the quote answer later requests for the symbol.</summary>
    public required bool AllProviders { get; init; }

    /// <summary>
    /// The consolidated quote as one JSON object in UTF-8, exactly as the API writes it, so that it is not serialized again.
    /// </summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>
    /// The inputs of the merge that the document does not show (<see cref="MergeRecord"/>), as JSON in UTF-8; <see langword="null"/> if
    /// they are unknown. Only <see cref="QuoteStore.FindMergeAsync"/> reads it.
    /// </summary>
    public ReadOnlyMemory<byte>? Merge { get; init; }

    /// <summary>
    /// True if the quote was published later than <paramref name="now"/>, with a second allowed for clocks that differ. Its age is then
    /// unknown.
    /// </summary>
    public bool IsFromFuture(DateTimeOffset now) => PublishedAt > now + ClockTolerance;

    /// <summary>
    /// True if it may be served to any later caller as the symbol's latest: it has a price that at least one provider gave, and all were
    /// called and awaited.
    /// </summary>
    public bool CanStandForSymbol => AllProviders && Price is not null && Completeness is Completeness.Complete or Completeness.Partial;
}
