using System.Net;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Finds the answer to one request for a quote inside its budget. docs/design.md has the table of the ways that it tries, in their
/// order.</summary>
public sealed class QuoteFinder(
    StoredQuotes stored,
    QuoteAggregation aggregation,
    ProviderCallLimits limits,
    HubHealth hub,
    Admission admission,
    AppMetrics metrics,
    AskedSymbols counted
)
{
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    internal async Task<QuoteResult> FindAsync(QuoteCall call, CancellationToken cancellationToken)
    {
        if (stored.FindCached(call.Request) is { } cached)
        {
            counted.Count(call.Request);
            return cached;
        }

        if (!admission.TryEnter())
        {
            return Reject(call);
        }

        try
        {
            return await AskAsync(call, cancellationToken);
        }
        finally
        {
            admission.Leave();
        }
    }

    private Problem Reject(QuoteCall call)
    {
        metrics.Rejected();
        return OverloadProblem.Of(call.TraceId);
    }

    private async Task<QuoteResult> AskAsync(QuoteCall call, CancellationToken cancellationToken)
    {
        if (!hub.IsUnavailableFor(call.Request.Budget) && await stored.FindFreshAsync(call.Request, cancellationToken) is { } fresh)
        {
            counted.Count(call.Request);
            return fresh;
        }

        if (limits.FindOutcomes(call.Request) is { } outcomes && await stored.HasNoneAsync(call.Request.Symbol, cancellationToken))
        {
            return WithoutPrice(call, limits.QuoteOf(call.Request, outcomes), instanceId: null); // no orchestration: no provider would be called
        }

        if (limits.Take(call, out var taken) is { } refusal)
        {
            return refusal;
        }

        var flight = aggregation.Begin(call, limits.CounterFor(call), out var joined);
        limits.Settle(call, taken, joined);
        if (joined)
        {
            metrics.Joined();
        }

        var answered = false;
        try
        {
            var result = await AwaitAsync(flight, call, cancellationToken);
            answered = true;
            return result;
        }
        finally
        {
            flight.Trace?.Answer(call.TraceId, failed: !answered);
        }
    }

    private async Task<QuoteResult> AwaitAsync(QuoteFlight flight, QuoteCall call, CancellationToken cancellationToken)
    {
        if (await aggregation.WaitAsync(flight, call, cancellationToken) is { } quote)
        {
            return ResultOf(quote, flight, call);
        }

        metrics.BudgetMissed();
        if (flight.MarkQuoteStored()) // its address may be given out below
        {
            return ResultOf(await flight.AnswerFor(call.Request), flight, call); // it landed at this moment
        }

        if (await stored.FindStandInAsync(call.Request, flight, cancellationToken) is { } standIn)
        {
            return standIn;
        }

        // Without an orchestration there is no address to come back to: an answer that is a little late beats none.
        return flight.Scheduled
            ? QuoteResult.Pending(flight.InstanceId)
            : ResultOf(await flight.AnswerFor(call.Request).WaitAsync(cancellationToken), flight, call);
    }

    private QuoteResult ResultOf(PublishedQuote quote, QuoteFlight flight, QuoteCall call)
    {
        if (quote.Price is null)
        {
            var instanceId = flight.IsQuoteStored ? PublicationId.InstanceOf(quote.InstanceId) : null;
            return WithoutPrice(call, QuoteDocument.Read(quote.Document), instanceId);
        }

        counted.Count(call.Request);
        return QuoteAnswer.Aggregated(call.Request, quote);
    }

    /// <summary>
    /// Returns the problem for a quote without a price. While this process lags, providers without an answer in time prove nothing, so the
    /// caller gets a <c>Retry-After</c>.
    /// </summary>
    /// <param name="instanceId"><see langword="null"/> when the quote is not stored: then the caller cannot ask for it.</param>
    private Problem WithoutPrice(QuoteCall call, ConsolidatedQuote quote, string? instanceId)
    {
        var problem = QuoteProblems.WithoutPrice(quote, instanceId, call.TraceId);
        if (
            problem.Status is HttpStatusCode.ServiceUnavailable
            && admission is { IsBusy: true, InFlight: > 1 } // others than this request
            && quote.Providers.Any(result => result.Outcome is FetchStatus.TimedOut)
        )
        {
            return Reject(call);
        }

        metrics.Answered(ServedFrom.Nothing, call.Clock.Elapsed, overhead: null);
        return problem;
    }
}

/// <summary>The outcome of one request for a quote: an answer, a problem, or the orchestration that will have the answer.</summary>
internal readonly record struct QuoteResult
{
    private QuoteResult(QuoteAnswer? answer, Problem? problem, string? pendingInstanceId) =>
        (Answer, Problem, PendingInstanceId) = (answer, problem, pendingInstanceId);

    public QuoteAnswer? Answer { get; }

    public Problem? Problem { get; }

    /// <summary>The instance whose quote was not there in time, with nothing stored to stand in.</summary>
    public string? PendingInstanceId { get; }

    public static implicit operator QuoteResult(QuoteAnswer answer) => new(answer, null, null);

    public static implicit operator QuoteResult(Problem problem) => new(null, problem, null);

    public static QuoteResult Pending(string instanceId) => new(null, null, instanceId);
}

/// <summary>One caller's request for one quote on its way to the answer.</summary>
/// <param name="Request">The validated request.</param>
/// <param name="Clock">Started at the arrival of the HTTP request.</param>
/// <param name="Durable">Starts the orchestration if one is needed.</param>
/// <param name="TraceId">W3C trace id of the HTTP request.</param>
/// <param name="Caller">The caller, to whose limits the call counts.</param>
/// <param name="Rates">Shared by the calls of the same HTTP request.</param>
/// <param name="IsOneOfMany">
/// True if the same HTTP request asks for other symbols: providers are called for them together, where possible.
/// </param>
public sealed record QuoteCall(
    QuoteRequest Request,
    RequestClock Clock,
    DurableTaskClient Durable,
    string TraceId,
    Caller Caller,
    RequestRates Rates,
    bool IsOneOfMany = false
)
{
    /// <summary>The rest of the caller's budget; negative once it is over.</summary>
    public TimeSpan Left => Request.Budget - Clock.Elapsed;
}
