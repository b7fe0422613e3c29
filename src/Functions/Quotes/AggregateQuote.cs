using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The recipe of a consolidated quote: ask all at once, wait for all, merge, publish. Every fetch answers by the deadline, so
/// nothing waits beyond it. As soon as enough providers agree for a caller, the quote so far is published as well.</summary>
public static class AggregateQuote
{
    /// <summary>The event with the number of providers on whose agreement a caller is answered who joined the instance.</summary>
    public const string AgreeEvent = "agree";

    /// <summary>A publication that fails is tried again for about five minutes: until then the quote lives in the history alone.</summary>
    private static readonly TaskOptions PublishRetries = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 10,
            firstRetryInterval: TimeSpan.FromSeconds(1),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(1)
        )
    );

    [Function(nameof(AggregateQuote))]
    public static async Task<QuoteSummary> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, AggregateQuoteInput input)
    {
        var reference = context.CallActivityAsync<ReferenceData>(
            nameof(LoadReference),
            new LoadReferenceInput(input.Symbol, input.Deadline, context.InstanceId)
        );
        var fetches = new Task<FetchOutcome>[input.Providers.Count];
        for (var i = 0; i < fetches.Length; i++)
        {
            fetches[i] = context.CallActivityAsync<FetchOutcome>(
                nameof(FetchQuote),
                new FetchQuoteInput(input.Providers[i], input.Symbol, input.Deadline, context.InstanceId, input.ReplyTo, input.IsOneOfMany)
            );
        }

        var all = Task.WhenAll(fetches);
        var agreed = await PublishAgreedAsync(context, input, reference, fetches, all);
        var (quote, published) = Publish(context, input, await reference, await all, agreedPrice: agreed.Price);
        await published;
        await agreed.Published;
        return QuoteSummary.Of(quote);
    }

    /// <summary>Publishes the quote so far each time enough providers agree for a caller, until all have answered.</summary>
    /// <returns>The price of the first of these quotes, and the completion of their publication.</returns>
    private static async Task<(decimal? Price, Task Published)> PublishAgreedAsync(
        TaskOrchestrationContext context,
        AggregateQuoteInput input,
        Task<ReferenceData> reference,
        Task<FetchOutcome>[] fetches,
        Task all
    )
    {
        SortedSet<int> wanted = input.Agree is { } agree ? [agree] : [];
        decimal? firstPrice = null;
        var publications = new List<Task>();
        var joined = context.WaitForExternalEvent<int>(AgreeEvent);
        while (!all.IsCompleted)
        {
            // The rule is asked only with enough answers, and nothing is merged before it holds: every turn may be replayed.
            if (
                wanted.Count > 0
                && reference.IsCompletedSuccessfully
                && fetches.Count(fetch => fetch.IsCompletedSuccessfully) >= wanted.Min
            )
            {
                var known = await reference;
                var outcomes = await OutcomesSoFarAsync(input.Providers, fetches);
                var agreeing = Agreement.Count(input.Symbol, known, outcomes, input.Slower ?? [], Now(context), input.Merge);
                if (agreeing >= wanted.Min)
                {
                    var (quote, published) = Publish(context, input, known, outcomes, agreeing);
                    firstPrice ??= quote.Price;
                    publications.Add(published);
                    wanted.RemoveWhere(number => number <= agreeing);
                }
            }

            Task[] awaited =
                wanted.Count == 0 ? [all, joined] : [joined, .. fetches.Append<Task>(reference).Where(task => !task.IsCompleted)];
            await Task.WhenAny(awaited);
            if (joined.IsCompleted)
            {
                wanted.Add(await joined);
                joined = context.WaitForExternalEvent<int>(AgreeEvent);
            }
        }

        return (firstPrice, Task.WhenAll(publications));
    }

    /// <summary>One outcome for each provider, pending while its call is under way.</summary>
    internal static async Task<FetchOutcome[]> OutcomesSoFarAsync(IReadOnlyList<ProviderId> providers, Task<FetchOutcome>[] fetches)
    {
        var outcomes = new FetchOutcome[fetches.Length];
        for (var i = 0; i < fetches.Length; i++)
        {
            outcomes[i] = fetches[i].IsCompletedSuccessfully
                ? await fetches[i]
                : new FetchOutcome { Provider = providers[i], Status = FetchStatus.Pending };
        }

        return outcomes;
    }

    /// <param name="agreeing">See <see cref="PublishQuoteInput.Agreeing"/>.</param>
    /// <param name="agreedPrice">See <see cref="PublishQuoteInput.AgreedPrice"/>.</param>
    private static (ConsolidatedQuote Quote, Task Published) Publish(
        TaskOrchestrationContext context,
        AggregateQuoteInput input,
        ReferenceData reference,
        FetchOutcome[] outcomes,
        int? agreeing = null,
        decimal? agreedPrice = null
    )
    {
        var now = Now(context);
        var quote = QuoteMerger.Merge(input.Symbol, reference, outcomes, now, input.Merge);
        var published = context.CallActivityAsync(
            nameof(PublishQuote),
            new PublishQuoteInput
            {
                InstanceId = context.InstanceId,
                Symbol = quote.Symbol,
                PublishedAt = now,
                AnsweredAt = outcomes.Max(outcome => outcome.Quote?.ReceivedAt),
                Price = quote.Price,
                AsOf = quote.AsOf,
                Completeness = quote.Completeness,
                Agreeing = agreeing,
                AgreedPrice = agreedPrice,
                Providers = input.Providers,
                ReplyTo = input.ReplyTo,
                Document = new RawJson(QuoteDocument.Write(quote)),
                MergeRecord = Publication.MergeOf(quote, reference, outcomes, now, input.Merge),
            },
            PublishRetries
        );
        return (quote, published);
    }

    private static DateTimeOffset Now(TaskOrchestrationContext context) => new(context.CurrentUtcDateTime, TimeSpan.Zero);
}
