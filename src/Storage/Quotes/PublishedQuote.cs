using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A consolidated quote as one orchestration published it: the document that callers get, and what is needed to find it.</summary>
public sealed record PublishedQuote
{
    /// <summary>Its identity: that of the orchestration instance that made it or, for one that is agreed or an item of a batch, derived
    /// from it. Publishing the same again changes nothing.</summary>
    public required string InstanceId { get; init; }

    public required Symbol Symbol { get; init; }

    /// <summary>When the answers were merged, UTC. The age of a quote counts from here.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The price of the document; <see langword="null"/> when no provider and no stored quote gave one.</summary>
    public decimal? Price { get; init; }

    /// <summary>The venue's time of the price, UTC.</summary>
    public DateTimeOffset? AsOf { get; init; }

    public required Completeness Completeness { get; init; }

    /// <summary>The number of providers that agreed on a quote published before all had answered; <see langword="null"/> for any
    /// other.</summary>
    public int? Agreeing { get; init; }

    /// <summary>All providers were asked, not a selection of them: only then does the quote answer whoever asks for the symbol
    /// later.</summary>
    public required bool AllProviders { get; init; }

    /// <summary>The consolidated quote as one JSON object in UTF-8, exactly as the API writes it, so that no reader serializes it
    /// again.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>The inputs of its merge that the document does not show (<see cref="MergeRecord"/>), as JSON in UTF-8;
    /// <see langword="null"/> where they are not known. Written, and read by <see cref="QuoteStore.FindMergeAsync"/> alone.</summary>
    public ReadOnlyMemory<byte>? Merge { get; init; }

    /// <summary>True if it may be served to any later caller as the symbol's latest: it has a price that at least one provider gave, and
    /// all were asked and waited for.</summary>
    public bool CanStandForSymbol => AllProviders && Price is not null && Completeness is Completeness.Complete or Completeness.Partial;
}
