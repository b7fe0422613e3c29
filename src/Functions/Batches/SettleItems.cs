using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Merges the answers to a window's items, publishes the quotes and records each item's result; says what there is to do
/// next.</summary>
/// <remarks>Running twice is harmless: a quote is published under its batch and place, and only pending items change.</remarks>
public sealed class SettleItems(
    BatchWork work,
    KnownQuotes known,
    DirectQuotes quotes,
    BatchPlanning planning,
    ProviderListings listings,
    TimeProvider time,
    IOptions<BatchOptions> options
)
{
    [Function(nameof(SettleItems))]
    public async Task<BatchStep> RunAsync([ActivityTrigger] SettleItemsInput input, CancellationToken cancellationToken)
    {
        // An item without any answer was put off by an earlier run of this activity, whose result was lost: its providers were asked then.
        var answered = (await work.LoadAnsweredAsync(input.BatchId, input.Ordinals, cancellationToken)).Where(item =>
            (item.Outcomes.Count > 0 && !input.OnlyAnswered) || ProviderId.All.All(provider => KnownOutcomeOf(item, provider) is not null)
        );
        var settled = await Task.WhenAll(answered.Select(item => SettleAsync(input.BatchId, item, cancellationToken)));
        var plan = await work.SettleAsync(input.BatchId, settled, planning.LargestWindow, time.GetUtcNow(), cancellationToken);
        return await planning.NextAsync(plan, cancellationToken);
    }

    private async Task<SettledItem> SettleAsync(string batchId, AnsweredItem item, CancellationToken cancellationToken)
    {
        var reference = await known.LoadAsync(item.Symbol, cancellationToken);
        var now = time.GetUtcNow();
        FetchOutcome[] outcomes = [.. ProviderId.All.Select(provider => OutcomeOf(item, provider))];
        var merged = quotes.Merge(item.Symbol, reference, outcomes, now);

        // Batch ids are safe in addresses, and so is this.
        var quoteId = $"{batchId}.{item.Ordinal}";
        var verdict = ItemVerdict.Of(item.Ordinal, item.Tries, merged.Quote, quoteId, now, options.Value);
        if (verdict.Status is BatchItemStatus.Done)
        {
            await quotes.PublishAsync(merged, quoteId, cancellationToken);
        }

        return verdict;
    }

    /// <summary>Returns the provider's answer; for a provider that was not called, the reason.</summary>
    private FetchOutcome OutcomeOf(AnsweredItem item, ProviderId provider) =>
        // Switched on while the window was under way.
        KnownOutcomeOf(item, provider) ?? new FetchOutcome { Provider = provider, Status = FetchStatus.TimedOut };

    /// <summary><see langword="null"/> when the provider has yet to answer.</summary>
    private FetchOutcome? KnownOutcomeOf(AnsweredItem item, ProviderId provider) =>
        item.Outcomes.FirstOrDefault(outcome => outcome.Provider == provider) ?? listings.OutcomeUnasked(item.Symbol, provider);
}
