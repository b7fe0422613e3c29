using Quorum.MarketData;

namespace Quorum.Storage.Tests.Batches;

internal static class SampleBatches
{
    public static readonly DateTimeOffset Now = SampleQuotes.Afternoon;

    /// <summary>An item for each; those with a question mark are no symbols.</summary>
    public static NewBatch Batch(string id, params string[] symbols) =>
        new(
            id,
            string.Join(',', symbols),
            [
                .. symbols.Select(symbol =>
                    symbol.Contains('?') ? new NewBatchItem(symbol, null, "It is no symbol.") : new NewBatchItem(symbol, symbol, null)
                ),
            ],
            Now
        );

    public static FetchOutcome Outcome(ProviderId provider, decimal price = 214.29m) =>
        new()
        {
            Provider = provider,
            Status = FetchStatus.Ok,
            Quote = SampleQuotes.ProviderQuote(price, Now),
        };

    public static SettledItem Done(int ordinal, string quoteId = "none") =>
        new()
        {
            Ordinal = ordinal,
            Status = BatchItemStatus.Done,
            QuoteId = quoteId,
        };

    public static SettledItem Failed(int ordinal, string reason = "unknown-symbol") =>
        new()
        {
            Ordinal = ordinal,
            Status = BatchItemStatus.Failed,
            Reason = reason,
            Detail = "Nobody knows it.",
        };

    public static (int Total, int Done, int Failed, int Cancelled) Counts(this Batch batch) =>
        (batch.Total, batch.Done, batch.Failed, batch.Cancelled);
}
