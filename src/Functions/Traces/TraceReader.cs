using System.Text.Json;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Traces;

/// <summary>Reads stored traces as waterfalls.</summary>
public sealed class TraceReader(TraceStore store, ProviderListings listings)
{
    /// <summary>The number of providers whose agreement a waterfall marks.</summary>
    private const int Agree = 3;

    /// <summary>The waterfall of the request that started an instance; <see langword="null"/> when it is not kept.</summary>
    /// <param name="published">A quote that the instance published, with its merge.</param>
    internal async Task<WaterfallDocument?> WaterfallOfAsync(PublishedQuote published, CancellationToken cancellationToken) =>
        PublicationId.InstanceOf(published.InstanceId) is { } instanceId
        && await store.FindOfInstanceAsync(instanceId, cancellationToken) is { } trace
            ? WaterfallOf(trace, published)
            : null;

    /// <param name="published">The quote of the trace's instance, with its merge; <see langword="null"/> when there is none.</param>
    internal WaterfallDocument? WaterfallOf(StoredTrace trace, PublishedQuote? published)
    {
        if (trace.Waterfall is null || JsonSerializer.Deserialize(trace.Waterfall, TraceJson.Default.StoredWaterfall) is not { } stored)
        {
            return null;
        }

        var quote = published is null ? null : QuoteDocument.Read(published.Document);
        var merge = published?.Merge is { } utf8 ? JsonSerializer.Deserialize(utf8.Span, MarketDataJson.Default.MergeRecord) : null;
        return WaterfallDocument.Of(
            trace.TraceId,
            stored,
            quote is null || merge is null ? null : AgreedMs(stored, quote, merge),
            quote?.Providers.ToDictionary(result => result.Id, result => result.Detail) ?? []
        );
    }

    /// <summary>Asks the rule of <c>agree</c> after each outcome, as the orchestrator does.</summary>
    private double? AgreedMs(StoredWaterfall stored, ConsolidatedQuote quote, MergeRecord merge)
    {
        var known = new Dictionary<ProviderId, double>();
        foreach (var span in stored.Spans)
        {
            if (span is { Kind: SpanKind.Fetch, Provider: { } provider, Outcome: not FetchStatus.Pending })
            {
                known.TryAdd(provider, span.EndMs);
            }
        }

        var (outcomes, reference, slower) = (
            merge.OutcomesOf(quote),
            merge.ReferenceOf(quote),
            listings.FindSlower(quote.Symbol, quote.Providers.Select(result => result.Id))
        );
        var loaded = stored.Spans.FirstOrDefault(span => span.Kind is SpanKind.Load)?.EndMs ?? 0;
        foreach (var moment in known.Values.Order())
        {
            FetchOutcome[] soFar =
            [
                .. outcomes.Select(outcome =>
                    known.TryGetValue(outcome.Provider, out var at) && at <= moment
                        ? outcome
                        : new FetchOutcome { Provider = outcome.Provider, Status = FetchStatus.Pending }
                ),
            ];
            if (Agreement.Count(quote.Symbol, reference, soFar, slower, merge.At, merge.Options) >= Agree)
            {
                return Math.Round(Math.Max(moment, loaded), 2);
            }
        }

        return null;
    }
}
