using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary>A past quote with all of its inputs.</summary>
/// <param name="Id">Its id in the history.</param>
/// <param name="Symbol">Canonical.</param>
/// <param name="PublishedAt">The time of the merge, UTC.</param>
/// <param name="Stage"><c>agreed</c> for a quote that was published as soon as enough providers agreed, else <c>complete</c>.</param>
/// <param name="InstanceId">The orchestration instance that made it; <see langword="null"/> for none.</param>
/// <param name="Quote">The quote as it was published.</param>
/// <param name="Inputs">
/// Each provider's contribution, in the order of providers: its quote as it was before the merge found its unit or marked it.
/// </param>
/// <param name="Merge">
/// The other inputs of the merge; <see langword="null"/> for a quote that was published before they were stored.
/// </param>
/// <param name="Reproduced">
/// True if the merge, repeated from these inputs by the current rules, gives the same quote byte by byte. False also without inputs.
/// </param>
/// <param name="Waterfall">The spans of the request for it; <see langword="null"/> when there was none, or they are not kept.</param>
internal sealed record QuoteRecord(
    string Id,
    Symbol Symbol,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset PublishedAt,
    string Stage,
    string? InstanceId,
    RawJson Quote,
    IReadOnlyList<ProviderResult> Inputs,
    MergeDocument? Merge,
    bool Reproduced,
    WaterfallDocument? Waterfall
)
{
    private const string Agreed = "agreed",
        Complete = "complete";

    /// <param name="published">With its <see cref="PublishedQuote.Merge"/>.</param>
    public static QuoteRecord Of(PublishedQuote published, WaterfallDocument? waterfall)
    {
        var quote = QuoteDocument.Read(published.Document);
        var merge = published.Merge is { } utf8 ? JsonSerializer.Deserialize(utf8.Span, MarketDataJson.Default.MergeRecord) : null;
        return new QuoteRecord(
            published.InstanceId,
            published.Symbol,
            published.PublishedAt,
            published.Completeness is Completeness.Agreed ? Agreed : Complete,
            PublicationId.InstanceOf(published.InstanceId),
            new RawJson(published.Document),
            merge?.InputsOf(quote) ?? quote.Providers,
            merge is null ? null : MergeDocument.Of(merge),
            merge is not null && QuoteDocument.Write(merge.Repeat(quote)).Span.SequenceEqual(published.Document.Span),
            waterfall
        );
    }
}

/// <summary>The inputs of a merge beside what the providers said.</summary>
/// <param name="At">The moment of the merge, UTC.</param>
/// <param name="Rules">The version of the rules by which the quote was merged.</param>
/// <param name="CurrentRules">The version of the rules by which it was merged again.</param>
/// <param name="Venues">A hash of the venue table (units, hours, ticks) with which the quote was merged.</param>
/// <param name="CurrentVenues">A hash of the venue table with which it was merged again.</param>
/// <param name="Instrument">The reference data; <see langword="null"/> when they lacked the symbol.</param>
/// <param name="Options">The settings of the merge; <see langword="null"/> for the defaults.</param>
internal sealed record MergeDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset At,
    int Rules,
    int CurrentRules,
    string Venues,
    string CurrentVenues,
    Instrument? Instrument,
    MergeOptions? Options
)
{
    public static MergeDocument Of(MergeRecord merge) =>
        new(merge.At, merge.Rules, MergeRules.Version, merge.Venues, MergeRules.Venues, merge.Instrument, merge.Options);
}
