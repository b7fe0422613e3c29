using System.Buffers;
using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>A consolidated quote on its way to one caller: the document, the headers that describe it, and the request's own
/// members.</summary>
internal sealed class QuoteAnswer(QuoteRequest asked, in AnsweredQuote quote, TimeSpan age, double slowestMs, ServedFrom from)
{
    private readonly AnsweredQuote _quote = quote;

    /// <summary>True if a converted quote may be cached; <see langword="null"/> for a quote as it was published.</summary>
    private bool? _mayBeCached;

    /// <summary>The document, without what belongs to the single request.</summary>
    public ReadOnlyMemory<byte> Document => _quote.Document;

    private TimeSpan Age => age;

    /// <summary>The longest that this request waited for a provider, in milliseconds; 0 when none was asked for it.</summary>
    private double SlowestMs => slowestMs;

    /// <summary>The same answer with the quote in another currency, or with the warning that it is not.</summary>
    /// <param name="rate">The answer that gave the rate; <see langword="null"/> when none did.</param>
    public QuoteAnswer With(ConsolidatedQuote quote, QuoteAnswer? rate)
    {
        var converted = QuoteDocument.Write(quote);
        return new QuoteAnswer(
            asked,
            _quote with
            {
                Document = converted,
                EntityTag = AnsweredQuote.TagOf(converted),
            },
            rate?.Age > age ? rate.Age : age,
            Math.Max(slowestMs, rate?.SlowestMs ?? 0),
            from
        )
        {
            _mayBeCached = quote.Conversion is not null && MayBeCached && rate?.MayBeCached is not false,
        };
    }

    /// <summary>A quote made for this request and those that joined it, by an orchestration or without one.</summary>
    public static QuoteAnswer Aggregated(QuoteRequest request, PublishedQuote quote)
    {
        var timings = QuoteDocument.ReadTimings(quote.Document);
        var slowest = 0d;
        foreach (var timing in timings)
        {
            slowest = Math.Max(slowest, timing.LatencyMs);
        }

        return new QuoteAnswer(
            request,
            AnsweredQuote.Of(quote, ProviderTiming.ToHeader(timings)),
            TimeSpan.Zero,
            slowest,
            quote.InstanceId.Length > 0 ? ServedFrom.Orchestration : ServedFrom.Providers
        );
    }

    /// <summary>A quote published earlier; no provider was asked for this request.</summary>
    public static QuoteAnswer Published(QuoteRequest request, PublishedQuote quote, ServedFrom from, DateTimeOffset now)
    {
        var age = now - quote.PublishedAt;
        return new QuoteAnswer(
            request,
            AnsweredQuote.Of(quote, ProviderTiming.ToHeader(request.Providers)),
            age > TimeSpan.Zero ? age : TimeSpan.Zero,
            0,
            from
        );
    }

    /// <summary>
    /// Returns the fallback at the end of the budget: stored quotes, and the answers that providers have given already; the orchestration
    /// continues.
    /// </summary>
    public static QuoteAnswer StandIn(QuoteRequest request, ConsolidatedQuote quote, string? instanceId, DateTimeOffset now)
    {
        var document = QuoteDocument.Write(quote);
        var age = TimeSpan.Zero;
        foreach (var result in quote.Providers)
        {
            if (result.Quote is { } stored && now - stored.ReceivedAt > age)
            {
                age = now - stored.ReceivedAt;
            }
        }

        return new QuoteAnswer(
            request,
            new AnsweredQuote(
                document,
                instanceId,
                quote.Completeness,
                AnsweredQuote.TagOf(document),
                ProviderTiming.ToHeader(QuoteDocument.ReadTimings(document))
            ),
            age,
            quote.Providers.Max(result => result.LatencyMs),
            ServedFrom.StandIn
        );
    }

    public async Task<HttpResponseData> RespondAsync(
        HttpRequestData request,
        RequestClock clock,
        AppMetrics metrics,
        CancellationToken cancellationToken
    )
    {
        var (elapsed, overhead) = Measure(clock, metrics);
        if (Refusal(request.TraceId()) is { } refusal)
        {
            return await request.RespondAsync(refusal, cancellationToken);
        }

        RequestLog.NoteInstance(request, _quote.InstanceId);
        var held = request.Holds(_quote.EntityTag);
        var response = request.CreateResponse(held ? HttpStatusCode.NotModified : HttpStatusCode.OK);
        var headers = response.Headers;
        headers.Add("ETag", _quote.EntityTag);
        headers.Add("Age", ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        headers.Add("Cache-Control", MayBeCached ? CacheControl(asked.MaxAge) : "no-store");
        headers.Add("X-Quorum-Completeness", ApiName<Completeness>.Of(_quote.Completeness));
        headers.Add("Server-Timing", _quote.ServerTiming);
        if (held)
        {
            return response;
        }

        headers.Add("Content-Type", "application/json; charset=utf-8");
        await WriteAsync(response.Body, elapsed, overhead, request.TraceId(), cancellationToken);
        return response;
    }

    /// <summary>Writes the answer as one of a list: the quote, or the problem that it is not certain enough.</summary>
    public async Task WriteItemAsync(Stream body, QuoteCall call, AppMetrics metrics, CancellationToken cancellationToken)
    {
        var (elapsed, overhead) = Measure(call.Clock, metrics);
        if (Refusal(call.TraceId) is { } refusal)
        {
            await QuoteList.WriteAsync(body, asked.Symbol.ToString(), refusal, cancellationToken);
        }
        else
        {
            await WriteAsync(body, elapsed, overhead, call.TraceId, cancellationToken);
        }
    }

    private bool MayBeCached => _mayBeCached ?? (_quote.Completeness is Completeness.Complete && from is not ServedFrom.StandIn);

    private (TimeSpan Elapsed, double OverheadMs) Measure(RequestClock clock, AppMetrics metrics)
    {
        var elapsed = clock.Elapsed;
        var overhead = Math.Max(0, elapsed.TotalMilliseconds - slowestMs);
        // Providers without an answer yet are unknown.
        metrics.Answered(from, elapsed, slowestMs > 0 && from is not ServedFrom.StandIn ? TimeSpan.FromMilliseconds(overhead) : null);
        return (elapsed, overhead);
    }

    private Problem? Refusal(string traceId) =>
        asked.MinConfidence > 0 && QuoteDocument.ReadConfidence(_quote.Document) is var confidence && confidence < asked.MinConfidence
            ? QuoteProblems.LowConfidence(_quote.Document, confidence, asked.MinConfidence, _quote.InstanceId, traceId)
            : null;

    private async Task WriteAsync(Stream body, TimeSpan elapsed, double overheadMs, string traceId, CancellationToken cancellationToken)
    {
        await body.WriteAsync(QuoteDocument.Head(_quote.Document), cancellationToken);
        var tail = ArrayPool<byte>.Shared.Rent(QuoteDocument.LongestTail);
        var length = QuoteDocument.WriteTail(
            tail,
            asked.Budget.TotalMilliseconds,
            Math.Round(elapsed.TotalMilliseconds, 1),
            Math.Round(overheadMs, 1),
            _quote.InstanceId,
            traceId
        );
        await body.WriteAsync(tail.AsMemory(0, length), cancellationToken);
        ArrayPool<byte>.Shared.Return(tail);
    }

    private static string CacheControl(TimeSpan maxAge) =>
        maxAge > TimeSpan.Zero
            ? $"private, max-age={((long)maxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture)}"
            : "private, no-cache";
}
