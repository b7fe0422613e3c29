using System.ComponentModel;
using System.Text.Json.Serialization;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The input of an <see cref="AggregateQuote"/>. Kept in orchestration history: add members, never change them.</summary>
public sealed record AggregateQuoteInput
{
    /// <summary>The canonical symbol.</summary>
    public required Symbol Symbol { get; init; }

    /// <summary>The providers to call, by name: one that is added later must not appear in the replay of an old instance.</summary>
    public required IReadOnlyList<ProviderId> Providers { get; init; }

    /// <summary>The time by which every fetch has answered, by the wall clock, UTC.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The process in which a caller waits for the result; <see langword="null"/> when none does.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The options of the merge; <see langword="null"/> for the defaults.</summary>
    public MergeOptions? Merge { get; init; }

    /// <summary>The number of providers on whose agreement the first caller is answered; <see langword="null"/> to wait for all. Those who
    /// join tell theirs by the event <see cref="AggregateQuote.AgreeEvent"/>.</summary>
    public int? Agree { get; init; }

    /// <summary>The providers whose plan gives no real-time quotes; <see langword="null"/> in older histories.</summary>
    public IReadOnlyList<ProviderFreshness>? Slower { get; init; }

    /// <summary>True if the same request began orchestrations for other symbols; <see langword="null"/> if it did not.</summary>
    public bool? IsOneOfMany { get; init; }
}

/// <summary>Kept in orchestration history: add members, never change them.</summary>
/// <param name="InstanceId">The orchestration that asks, whose callers may wait in this process; <see langword="null"/> in older
/// histories.</param>
/// <param name="ReplyTo">See <see cref="AggregateQuoteInput.ReplyTo"/>; <see langword="null"/> in older histories.</param>
/// <param name="IsOneOfMany">True if other symbols are asked for at the same moment: the call may wait a little for them;
/// <see langword="null"/> if none are.</param>
[ImmutableObject(true)]
public sealed record FetchQuoteInput(
    ProviderId Provider,
    Symbol Symbol,
    DateTimeOffset Deadline,
    string? InstanceId = null,
    string? ReplyTo = null,
    bool? IsOneOfMany = null
);

/// <summary>Kept in orchestration history: add members, never change them.</summary>
/// <param name="InstanceId">The orchestration that asks; <see langword="null"/> in older histories, and without one.</param>
[ImmutableObject(true)]
public sealed record LoadReferenceInput(Symbol Symbol, DateTimeOffset Deadline, string? InstanceId = null);

/// <summary>Kept in orchestration history: add members, never change them.</summary>
[ImmutableObject(true)]
public sealed record PublishQuoteInput
{
    /// <summary>The orchestration that made the quote, and the key of its publication.</summary>
    public required string InstanceId { get; init; }

    public required Symbol Symbol { get; init; }

    /// <summary>The time of the merge, UTC.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The time at which the last of the providers' quotes was received, UTC, by the clock of the processes that called them;
    /// <see langword="null"/> when there is none, and in older histories.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary><see langword="null"/> when no provider and no stored quote gave one.</summary>
    public decimal? Price { get; init; }

    /// <summary>The venue's time of the price, UTC.</summary>
    public DateTimeOffset? AsOf { get; init; }

    public required Completeness Completeness { get; init; }

    /// <summary>The number of providers that agreed, for a quote published before all have answered; <see langword="null"/> for the quote
    /// of all.</summary>
    public int? Agreeing { get; init; }

    /// <summary>The price on which enough providers agreed first, for the quote of all; <see langword="null"/> when none was published
    /// before it.</summary>
    public decimal? AgreedPrice { get; init; }

    /// <summary>The providers that were called.</summary>
    public required IReadOnlyList<ProviderId> Providers { get; init; }

    /// <inheritdoc cref="AggregateQuoteInput.ReplyTo"/>
    public string? ReplyTo { get; init; }

    /// <summary>The consolidated quote as the API writes it (<see cref="QuoteDocument"/>).</summary>
    public required RawJson Document { get; init; }

    /// <summary>The inputs of the merge that the document does not show (<see cref="MergeRecord"/>); <see langword="null"/> in older
    /// histories.</summary>
    public RawJson? MergeRecord { get; init; }
}

/// <summary>An <see cref="AggregateQuote"/>'s output, for callers that poll its status address: the consolidated quote without provenance
/// and providers. Those stand in its history (as the input of <see cref="PublishQuote"/>) and in the published quote, and would triple the
/// size of the instance's row in the task hub. Kept there: add members, never change them.</summary>
public sealed record QuoteSummary
{
    public required Symbol Symbol { get; init; }
    public string? Name { get; init; }
    public Mic? Venue { get; init; }
    public string? Isin { get; init; }
    public CurrencyCode? Currency { get; init; }
    public decimal? Price { get; init; }
    public DateTimeOffset? AsOf { get; init; }
    public SessionKind? Session { get; init; }
    public decimal? Bid { get; init; }
    public decimal? Ask { get; init; }
    public decimal? Open { get; init; }
    public decimal? High { get; init; }
    public decimal? Low { get; init; }
    public decimal? PreviousClose { get; init; }
    public long? Volume { get; init; }
    public decimal? Change { get; init; }
    public decimal? ChangePercent { get; init; }
    public required Completeness Completeness { get; init; }
    public required QuoteQuality Quality { get; init; }

    public static QuoteSummary Of(ConsolidatedQuote quote) =>
        new()
        {
            Symbol = quote.Symbol,
            Name = quote.Name,
            Venue = quote.Venue,
            Isin = quote.Isin,
            Currency = quote.Currency,
            Price = quote.Price,
            AsOf = quote.AsOf,
            Session = quote.Session,
            Bid = quote.Bid,
            Ask = quote.Ask,
            Open = quote.Open,
            High = quote.High,
            Low = quote.Low,
            PreviousClose = quote.PreviousClose,
            Volume = quote.Volume,
            Change = quote.Change,
            ChangePercent = quote.ChangePercent,
            Completeness = quote.Completeness,
            Quality = quote.Quality,
        };
}

/// <summary>The inputs and outputs of our orchestrators and activities, as history keeps them.</summary>
[JsonSerializable(typeof(AggregateQuoteInput))]
[JsonSerializable(typeof(FetchQuoteInput))]
[JsonSerializable(typeof(LoadReferenceInput))]
[JsonSerializable(typeof(PublishQuoteInput))]
[JsonSerializable(typeof(QuoteSummary))]
[JsonSerializable(typeof(int))] // AggregateQuote.AgreeEvent
internal sealed partial class DurableJson : JsonSerializerContext;
