using Quorum.MarketData;

namespace Quorum.Functions.OpenApi;

/// <summary>The answer of <c>GET quotes/{symbol}</c>: a <see cref="ConsolidatedQuote"/> with the members of the single request, in one
/// object.</summary>
/// <param name="InstanceId">The orchestration instance that made it; <see langword="null"/> when none did.</param>
/// <param name="TraceId">W3C trace id of the request, which its logs and spans carry too.</param>
internal sealed record QuoteAnswerDocument(QuoteTimingDocument Timing, string? InstanceId, string TraceId);

/// <summary>The answer of <c>GET quotes</c>.</summary>
/// <param name="Items">One for each symbol in the order asked, each once: its quote, or a problem.</param>
internal sealed record QuoteListDocument(IReadOnlyList<QuoteItemDocument> Items);

/// <summary>A quote (Quote) or, told by its member <c>type</c>, a problem (SymbolProblem).</summary>
internal sealed record QuoteItemDocument;

/// <summary>A <see cref="Http.Problem"/> of one of several symbols.</summary>
/// <param name="Symbol">Canonical; the caller's text where that is no symbol.</param>
internal sealed record SymbolProblemDocument(string Symbol);

/// <summary>The times of a request, in milliseconds.</summary>
internal sealed record QuoteTimingDocument(double BudgetMs, double ElapsedMs, double OverheadMs);

/// <summary>A past quote: a <see cref="ConsolidatedQuote"/> as it was published, with when that was and what made it.</summary>
internal sealed record HistoricalQuoteDocument;

/// <summary>The state of the service.</summary>
/// <param name="Status">The state.</param>
internal sealed record HealthDocument(string Status);
