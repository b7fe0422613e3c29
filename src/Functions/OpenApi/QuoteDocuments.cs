using Quorum.Functions.History;
using Quorum.MarketData;

namespace Quorum.Functions.OpenApi;

/// <summary>The answer of <c>GET quotes/{symbol}</c>: a <see cref="ConsolidatedQuote"/> with the members of the single request, in one object.</summary>
internal sealed record QuoteAnswerDocument(QuoteTimingDocument Timing, string? InstanceId, string TraceId);

/// <summary>Times in milliseconds.</summary>
internal sealed record QuoteTimingDocument(double BudgetMs, double ElapsedMs, double OverheadMs);

/// <summary>An item of history: a <see cref="ConsolidatedQuote"/> with the members of <see cref="QuotePublication"/>, in one object.</summary>
internal sealed record HistoricalQuoteDocument;

/// <summary>Where an orchestration can be watched, as the platform writes it (<c>CreateCheckStatusResponse</c>).</summary>
internal sealed record CheckStatusDocument(
    string Id,
    string PurgeHistoryDeleteUri,
    string SendEventPostUri,
    string StatusQueryGetUri,
    string TerminatePostUri,
    string SuspendPostUri,
    string ResumePostUri);

/// <summary>The state of the service.</summary>
/// <param name="Status">What holds.</param>
internal sealed record HealthDocument(string Status);
