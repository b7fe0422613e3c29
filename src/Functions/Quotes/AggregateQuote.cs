using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The recipe of a consolidated quote: ask all at once, wait for all, merge, publish. Every fetch answers by the deadline, so nothing
/// waits beyond it.</summary>
public static class AggregateQuote
{
    /// <summary>A publication that fails is tried again for about five minutes: until then the quote lives in the history alone.</summary>
    private static readonly TaskOptions PublishPatiently = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 10, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(1)));

    [Function(nameof(AggregateQuote))]
    public static async Task<QuoteSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, AggregateQuoteInput input)
    {
        var reference = context.CallActivityAsync<ReferenceData>(nameof(LoadReference), new LoadReferenceInput(input.Symbol, input.Deadline));
        var fetches = new Task<FetchOutcome>[input.Providers.Count];
        for (var i = 0; i < fetches.Length; i++)
        {
            fetches[i] = context.CallActivityAsync<FetchOutcome>(
                nameof(FetchQuote), new FetchQuoteInput(input.Providers[i], input.Symbol, input.Deadline, context.InstanceId));
        }

        var outcomes = await Task.WhenAll(fetches);
        var now = new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero);
        var known = await reference;
        var quote = QuoteMerger.Merge(input.Symbol, known, outcomes, now, input.Merge);

        await context.CallActivityAsync(
            nameof(PublishQuote),
            new PublishQuoteInput
            {
                InstanceId = context.InstanceId,
                Symbol = quote.Symbol,
                PublishedAt = now,
                Price = quote.Price,
                AsOf = quote.AsOf,
                Completeness = quote.Completeness,
                Providers = input.Providers,
                ReplyTo = input.ReplyTo,
                Document = new RawJson(QuoteDocument.Write(quote)),
                MergeRecord = Publication.MergeOf(quote, known, outcomes, now, input.Merge),
            },
            PublishPatiently);
        return QuoteSummary.Of(quote);
    }
}
