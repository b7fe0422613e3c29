using System.Globalization;
using System.Net;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>The problem documents of quote requests.</summary>
internal static class QuoteProblems
{
    private const int MaxRetryAfterSeconds = 86_400;

    /// <summary>A consolidated quote without a price: no provider and no stored quote gave one.</summary>
    public static Problem WithoutPrice(ConsolidatedQuote quote, string? instanceId, string traceId)
    {
        var inReference = quote.Name is not null;
        return AllOf(quote, FetchStatus.NotCovered) && inReference
                ? NotFound("not-covered", "Not covered", $"None of the providers asked lists {quote.Symbol} at its venue.")
            : !inReference && IsUnknown(quote)
                ? NotFound(
                    "unknown-symbol",
                    "Unknown symbol",
                    $"No provider that answered knows '{quote.Symbol}', and neither does the reference data. "
                        + "A listing outside the US needs its venue, as in VOD:XLON."
                )
            : new Problem
            {
                Type = "urn:quorum:problem:no-quote",
                Title = "No quote",
                Status = HttpStatusCode.ServiceUnavailable,
                Detail = $"No provider gave a price for {quote.Symbol}, and none is stored that is young enough to stand in.",
                TraceId = traceId,
                InstanceId = instanceId,
                Providers = quote.Providers,
                RetryAfterSeconds = RetryAfter(quote.Providers),
            };

        Problem NotFound(string kind, string title, string detail) =>
            new()
            {
                Type = $"urn:quorum:problem:{kind}",
                Title = title,
                Status = HttpStatusCode.NotFound,
                Detail = detail,
                TraceId = traceId,
                InstanceId = instanceId,
                Providers = quote.Providers,
            };
    }

    /// <summary>A quote that is not certain enough for the caller.</summary>
    /// <param name="document">The quote.</param>
    /// <param name="confidence">Its confidence.</param>
    /// <param name="minConfidence">The lowest that the caller accepts.</param>
    public static Problem LowConfidence(
        ReadOnlyMemory<byte> document,
        double confidence,
        double minConfidence,
        string? instanceId,
        string traceId
    ) =>
        new()
        {
            Type = "urn:quorum:problem:low-confidence",
            Title = "Low confidence",
            Status = HttpStatusCode.ServiceUnavailable,
            Detail = string.Create(
                CultureInfo.InvariantCulture,
                $"The quote's confidence must be at least {minConfidence} (minConfidence); it is {confidence}. Ask again later, or accept a lower one."
            ),
            TraceId = traceId,
            InstanceId = instanceId,
            Quote = new RawJson(document),
            RetryAfterSeconds = 1,
        };

    /// <summary>Nothing is known of the instance: it never was, is of another symbol, or retention has deleted it.</summary>
    public static Problem UnknownInstance(QuoteRequest request, string instanceId, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-instance",
            Title = "Unknown instance",
            Status = HttpStatusCode.NotFound,
            Detail = $"There is no quote of {request.Symbol} with the instance {instanceId}. Ask for the symbol without 'instance'.",
            TraceId = traceId,
        };

    /// <summary>The instance has ended without a quote.</summary>
    public static Problem InstanceFailed(QuoteRequest request, string instanceId, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:no-quote",
            Title = "No quote",
            Status = HttpStatusCode.ServiceUnavailable,
            Detail = $"The instance ended without a quote of {request.Symbol}. Ask for the symbol without 'instance'.",
            TraceId = traceId,
            InstanceId = instanceId,
            RetryAfterSeconds = 1,
        };

    /// <summary>The budget ended with nothing to answer, for one of many symbols; alone it is a 202.</summary>
    public static Problem Pending(Symbol symbol, string instanceId, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:pending",
            Title = "Not there yet",
            Status = HttpStatusCode.Accepted,
            Detail =
                $"The budget ended before any provider answered for {symbol}, and none of its quotes is stored. Ask again, or for this symbol with 'instance'.",
            TraceId = traceId,
            InstanceId = instanceId,
        };

    /// <summary>Every provider that said anything about the symbol does not know it; with none that did, only if none lists its
    /// venue.</summary>
    private static bool IsUnknown(ConsolidatedQuote quote)
    {
        var denied = false;
        foreach (var result in quote.Providers)
        {
            switch (result.Outcome)
            {
                case FetchStatus.UnknownSymbol:
                    denied = true;
                    break;
                case FetchStatus.Ok or FetchStatus.NoPrice:
                    return false;
            }
        }

        return denied || AllOf(quote, FetchStatus.NotCovered);
    }

    private static bool AllOf(ConsolidatedQuote quote, FetchStatus outcome) => quote.Providers.All(result => result.Outcome == outcome);

    /// <summary>Returns the time until the first provider may be called again, in whole seconds; 1 when none reports it.</summary>
    private static int RetryAfter(IReadOnlyList<ProviderResult> providers)
    {
        var soonest = double.PositiveInfinity;
        foreach (var result in providers)
        {
            if (result.RetryAfterSeconds is > 0 and var seconds)
            {
                soonest = Math.Min(soonest, seconds);
            }
        }

        return double.IsPositiveInfinity(soonest) ? 1 : (int)Math.Clamp(Math.Ceiling(soonest), 1, MaxRetryAfterSeconds);
    }
}
