using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>An <see cref="AggregateQuote"/>'s output, for who polls its status address: the consolidated quote without provenance and
/// providers. Those stand in its history (as the input of <see cref="PublishQuote"/>) and in the published quote, and would triple the size
/// of the instance's row in the task hub. Kept there: add members, never change them.</summary>
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
