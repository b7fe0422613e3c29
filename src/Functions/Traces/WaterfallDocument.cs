using System.Text.Json.Serialization;
using Quorum.Functions.Http;
using Quorum.MarketData;

namespace Quorum.Functions.Traces;

/// <summary>The spans of a request that asked the providers.</summary>
/// <param name="TraceId">W3C trace id of the request that started the orchestration; others may have joined it.</param>
/// <param name="StartedAt">When the request came, UTC.</param>
/// <param name="DurationMs">From then to its answer.</param>
/// <param name="BudgetMs">The request's budget.</param>
/// <param name="DeadlineMs">When every fetch has its outcome, counted from <paramref name="StartedAt"/>.</param>
/// <param name="AgreedMs">When three providers agreed, so that <c>agree=3</c> is answered, counted from <paramref name="StartedAt"/>;
/// <see langword="null"/> when they did not, or it is not known.</param>
/// <param name="Spans">In the order of their beginning.</param>
internal sealed record WaterfallDocument(
    string TraceId,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset StartedAt,
    double DurationMs,
    double BudgetMs,
    double? DeadlineMs,
    double? AgreedMs,
    IReadOnlyList<SpanDocument> Spans
)
{
    private const string OrchestrationId = "orchestration",
        OrchestrationName = "AggregateQuote";

    /// <param name="details">A sentence of ours about each provider's outcome, where there is one.</param>
    public static WaterfallDocument Of(
        string traceId,
        StoredWaterfall stored,
        double? agreedMs,
        IReadOnlyDictionary<ProviderId, string?> details
    )
    {
        var last = stored.Spans.Select(span => span.EndMs).DefaultIfEmpty().Max();
        var request = stored.Spans.FirstOrDefault(span => span.Kind is SpanKind.Request);
        var documents = new List<SpanDocument>(stored.Spans.Count + 1);
        string? requestId = null,
            publishId = null;
        var fetchIds = new Dictionary<ProviderId, string>();
        if (request is not null)
        {
            documents.Add(
                new SpanDocument(
                    requestId = "request",
                    null,
                    "GET quotes/{symbol}",
                    "request",
                    null,
                    0,
                    request.DurationMs,
                    NameOf(request.Outcome),
                    null,
                    null
                )
            );
        }

        var (from, to) = LifeOf(stored.Spans);
        documents.Add(
            new SpanDocument(
                OrchestrationId,
                requestId,
                OrchestrationName,
                "orchestration",
                null,
                from,
                Rounded(to - from),
                "ok",
                null,
                null
            )
        );
        foreach (var span in stored.Spans.Where(span => span.Kind is not SpanKind.Request))
        {
            var id = $"{span.Kind}-{documents.Count}".ToLowerInvariant();
            var parent = span.Kind switch
            {
                SpanKind.Start => requestId,
                SpanKind.Wait or SpanKind.Attempt => fetchIds.GetValueOrDefault(span.Provider ?? default, OrchestrationId),
                SpanKind.Store => publishId ?? OrchestrationId,
                _ => OrchestrationId,
            };
            if (span is { Kind: SpanKind.Fetch, Provider: { } provider })
            {
                fetchIds[provider] = id;
            }

            publishId = span.Kind is SpanKind.Publish ? id : publishId;
            documents.Add(
                new SpanDocument(
                    id,
                    parent,
                    NameOf(span),
                    KindOf(span.Kind),
                    span.Provider,
                    span.StartMs,
                    span.DurationMs,
                    NameOf(span.Outcome),
                    span.Attempt > 0 ? span.Attempt : null,
                    span is { Kind: SpanKind.Fetch, Provider: { } own } ? details.GetValueOrDefault(own) : null
                )
            );
        }

        return new WaterfallDocument(
            traceId,
            stored.StartedAt,
            request?.DurationMs ?? Rounded(last),
            stored.BudgetMs,
            Rounded(stored.DeadlineMs),
            agreedMs,
            documents
        );
    }

    /// <summary>From the start of the orchestration to its last publication.</summary>
    private static (double From, double To) LifeOf(IReadOnlyList<TraceSpan> spans)
    {
        var own = spans.Where(span => span.Kind is not (SpanKind.Request or SpanKind.Attempt or SpanKind.Wait)).ToList();
        return own.Count == 0 ? (0, 0) : (own.Min(span => span.StartMs), own.Max(span => span.EndMs));
    }

    private static string NameOf(FetchStatus? outcome) => outcome is { } status ? ApiName<FetchStatus>.Of(status) : "error";

    private static string NameOf(TraceSpan span) =>
        span.Kind switch
        {
            SpanKind.Start => "Start",
            SpanKind.Load => "LoadReference",
            SpanKind.Fetch => "FetchQuote",
            SpanKind.Wait => "Wait for a permit",
            SpanKind.Attempt => $"GET {span.Provider}",
            SpanKind.FanIn => "Fan-in",
            SpanKind.Merge => "Merge",
            SpanKind.Publish => "PublishQuote",
            _ => "Store the quote",
        };

    private static string KindOf(SpanKind kind) =>
        kind switch
        {
            SpanKind.Start or SpanKind.Wait or SpanKind.FanIn => "queue",
            SpanKind.Load or SpanKind.Store => "database",
            SpanKind.Fetch => "activity",
            SpanKind.Attempt => "provider",
            SpanKind.Merge => "merge",
            _ => "publish",
        };

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 2);
}

/// <summary>One step of a request.</summary>
/// <param name="Id">Identifies it in the waterfall.</param>
/// <param name="ParentId">The enclosing span; <see langword="null"/> for the outermost.</param>
/// <param name="Name">The name of the step.</param>
/// <param name="Kind">
/// <c>request</c>, <c>orchestration</c>, <c>activity</c>, <c>provider</c> (one HTTP request to a provider), <c>database</c>, <c>queue</c>
/// (a wait), <c>merge</c> or <c>publish</c>.
/// </param>
/// <param name="Provider">The provider of the step; <see langword="null"/> for none.</param>
/// <param name="StartMs">Milliseconds since the request arrived.</param>
/// <param name="Outcome">
/// The outcome of a fetch or a request to a provider, in the names of the quote; <c>pending</c> when it had not ended when the spans were
/// stored. Else <c>ok</c> or <c>error</c>.
/// </param>
/// <param name="Attempt">
/// The number of a request to a provider among those of its fetch, from 1; <see langword="null"/> for other spans.
/// </param>
/// <param name="Detail">More about the outcome of a fetch; <see langword="null"/> for none.</param>
internal sealed record SpanDocument(
    string Id,
    string? ParentId,
    string Name,
    string Kind,
    ProviderId? Provider,
    double StartMs,
    double DurationMs,
    string Outcome,
    int? Attempt,
    string? Detail
);

/// <summary>The trace of a request that asked the providers.</summary>
/// <param name="TraceId">W3C trace id of the request.</param>
/// <param name="Symbol">The symbol that it asked for, canonical.</param>
/// <param name="HistoryId">The id of its quote in the history; <see langword="null"/> when none was published, or its retention has
/// ended.</param>
/// <param name="InstanceId">The orchestration that it started or joined.</param>
/// <param name="Href">The address of its quote in the history; <see langword="null"/> without one.</param>
/// <param name="Waterfall">The spans of the request that started the orchestration; <see langword="null"/> when they are not kept.</param>
internal sealed record TraceDocument(
    string TraceId,
    Symbol Symbol,
    string? HistoryId,
    string InstanceId,
    string? Href,
    WaterfallDocument? Waterfall
);
