using System.Collections.Specialized;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Starting;

/// <summary>Makes quotes of the providers' sample answers as an orchestration makes them, so that this code is compiled before the first
/// caller. Needs no task hub, database or network, and leaves nothing behind.</summary>
public sealed class SampleQuotes(SampleCalls calls, InstrumentCatalogue catalogue, IOptions<JsonSerializerOptions> json, TimeProvider time)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    private static readonly NameValueCollection Query = new() { ["maxAge"] = "0", ["budget"] = "2000" };

    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    internal async Task<QuoteAnswer> MakeAsync(CancellationToken cancellationToken)
    {
        if (!QuoteRequest.TryParse("AAPL:XNAS", Query, catalogue, defaultAgree: null, out var request, out _))
        {
            throw new InvalidOperationException("AAPL:XNAS is a symbol.");
        }

        var outcomes = (await calls.FetchAsync(time.GetUtcNow() + Budget, cancellationToken)).Select(AsStored).ToList();
        var (now, reference) = (time.GetUtcNow(), new ReferenceData());
        _ = Agreement.Count(request.Symbol, reference, outcomes, [], now, null);
        var quote = QuoteMerger.Merge(request.Symbol, reference, outcomes, now, null);
        var merge = Publication.MergeOf(quote, reference, outcomes, now, null);
        return QuoteAnswer.Aggregated(request, Publication.Of(quote, "sample", now, request.Providers, merge));
    }

    /// <summary>The outcome as the orchestration reads it from its history.</summary>
    private FetchOutcome AsStored(FetchOutcome outcome) =>
        JsonSerializer.Deserialize<FetchOutcome>(JsonSerializer.Serialize(outcome, json.Value), json.Value)!; // what was written is not null
}
