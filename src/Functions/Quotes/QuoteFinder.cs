using System.Net;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Finds the answer to one request for a quote inside its budget. docs/design.md has the table of the ways that it tries, in their
/// order.</summary>
public sealed class QuoteFinder(
    StoredQuotes stored,
    QuoteAggregation aggregation,
    QuoteFlights flights,
    QuoteWithoutHub withoutHub,
    HubHealth hub,
    Admission admission,
    AppMetrics metrics,
    AskedSymbols counted,
    TimeProvider time,
    IOptions<QuoteOptions> options
)
{
    /// <summary>With less than this left no provider is worth asking.</summary>
    private static readonly TimeSpan MinTimeToAsk = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The timeout for a last answer after the budget when nothing is stored: a slightly late answer is better than none.
    /// </summary>
    private static readonly TimeSpan LastResort = TimeSpan.FromMilliseconds(60);

    private readonly TimeSpan _answerReserve = TimeSpan.FromMilliseconds(options.Value.AnswerReserveMs);

    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    internal async Task<QuoteResult> FindAsync(QuoteCall call, CancellationToken cancellationToken)
    {
        if (stored.FindCached(call.Request) is { } atHand)
        {
            counted.Count(call.Request);
            return QuoteAnswer.Published(call.Request, atHand, ServedFrom.Cache, time.GetUtcNow());
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
        return QuoteProblems.Overloaded(call.TraceId);
    }

    private async Task<QuoteResult> AskAsync(QuoteCall call, CancellationToken cancellationToken)
    {
        if (hub.IsAwayFor(call.Request.Budget))
        {
            return await AskWithoutHubAsync(call, flight: null, cancellationToken);
        }

        if (await stored.FindFreshAsync(call.Request, cancellationToken) is { } fresh)
        {
            counted.Count(call.Request);
            return QuoteAnswer.Published(call.Request, fresh, ServedFrom.Store, time.GetUtcNow());
        }

        var flight = aggregation.Begin(call);
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
        switch (await WaitAsync(flight, call, cancellationToken))
        {
            case { Quote: { Price: not null } quote }:
                counted.Count(call.Request);
                return QuoteAnswer.Aggregated(call.Request, quote);
            case { Quote: { } quote }:
                return WithoutPrice(call, QuoteDocument.Read(quote.Document), flight.InstanceId);
            case { HubIsSlow: true }:
                return await AskWithoutHubAsync(call, flight, cancellationToken);
            default:
                metrics.BudgetMissed();
                return await stored.FindStandInAsync(call.Request, flight, cancellationToken) is { } standIn
                    ? QuoteAnswer.StandIn(call.Request, standIn, flight.InstanceId, time.GetUtcNow())
                    : QuoteResult.Pending(flight.InstanceId);
        }
    }

    private async Task<FlightWait> WaitAsync(QuoteFlight flight, QuoteCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await flights.WaitAsync(flight, call.Request, call.Left - _answerReserve, cancellationToken);
        }
        catch (Exception) when (flight.Landed.IsFaulted) // Logged where it was scheduled.
        {
            return new FlightWait(null, HubIsSlow: true);
        }
    }

    /// <summary>No orchestration can be started, or not in time.</summary>
    /// <param name="flight">That of an orchestration which may start after all: each provider is asked once for both.</param>
    private async Task<QuoteResult> AskWithoutHubAsync(QuoteCall call, QuoteFlight? flight, CancellationToken cancellationToken)
    {
        var left = call.Left - _answerReserve;
        if (left <= MinTimeToAsk)
        {
            metrics.BudgetMissed();
            if (await stored.FindStandInAsync(call.Request, flight, cancellationToken) is { } standIn)
            {
                return QuoteAnswer.StandIn(call.Request, standIn, instanceId: null, time.GetUtcNow());
            }

            left = LastResort;
        }

        var quote = await withoutHub.AskAsync(call.Request, left, flight, call.Durable, cancellationToken);
        return quote.Price is not null ? QuoteAnswer.WithoutHub(call.Request, quote) : WithoutPrice(call, quote, instanceId: null);
    }

    /// <summary>
    /// Returns the problem for a quote without a price. While this process lags, providers without an answer in time prove nothing, so the
    /// caller gets a <c>Retry-After</c>.
    /// </summary>
    private Problem WithoutPrice(QuoteCall call, ConsolidatedQuote quote, string? instanceId)
    {
        var problem = QuoteProblems.WithoutPrice(quote, instanceId, call.TraceId);
        if (
            problem.Status is HttpStatusCode.ServiceUnavailable
            && admission.IsBusy
            && quote.Providers.Any(result => result.Outcome is FetchStatus.TimedOut)
        )
        {
            return Reject(call);
        }

        metrics.Answered(ServedFrom.Nothing, call.Clock.Elapsed, overhead: null);
        return problem;
    }
}
