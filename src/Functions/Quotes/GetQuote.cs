using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary><c>GET quotes/{symbol}</c>: the consolidated quote, inside the caller's budget.</summary>
public sealed class GetQuote(
    InstrumentCatalogue catalogue,
    StoredQuotes stored,
    QuoteAggregation aggregation,
    QuoteFlights flights,
    QuoteWithoutHub withoutHub,
    LaterQuotes later,
    HubHealth hub,
    Admission admission,
    AppMetrics metrics,
    AskedSymbols counted,
    TimeProvider time,
    IOptions<QuoteOptions> options)
{
    /// <summary>With less than this left no provider is worth asking.</summary>
    private static readonly TimeSpan LeastTimeToAsk = TimeSpan.FromMilliseconds(20);

    /// <summary>When the budget is over and nothing is stored: an answer that is a little late beats none.</summary>
    private static readonly TimeSpan LastResort = TimeSpan.FromMilliseconds(60);

    private readonly TimeSpan _answerReserve = TimeSpan.FromMilliseconds(options.Value.AnswerReserveMs);
    private readonly int? _agree = options.Value.Agree;

    [Function(nameof(GetQuote))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "quotes/{symbol}")] HttpRequestData request,
        string symbol,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var clock = new RequestClock(time);
        if (!QuoteRequest.TryParse(symbol, request.Query, catalogue, _agree, out var asked, out var faults) || request.HasBody())
        {
            var all = request.HasBody() ? [.. faults, new InvalidParameter("body", null, "must be empty")] : faults;
            return await request.RespondAsync(all, cancellationToken);
        }

        if (asked.InstanceId is { } instance)
        {
            return await later.RespondAsync(request, asked, instance, durable, clock, cancellationToken);
        }

        if (stored.FindAtHand(asked) is { } atHand)
        {
            counted.Count(asked);
            return await QuoteAnswer.Published(asked, atHand, ServedFrom.AtHand, time.GetUtcNow()).RespondAsync(request, clock, metrics, cancellationToken);
        }

        if (!admission.TryEnter())
        {
            return await TurnAwayAsync(request, cancellationToken);
        }

        try
        {
            return await AnswerAsync(request, asked, durable, clock, cancellationToken);
        }
        finally
        {
            admission.Leave();
        }
    }

    private Task<HttpResponseData> TurnAwayAsync(HttpRequestData request, CancellationToken cancellationToken)
    {
        metrics.Rejected();
        return request.RespondAsync(QuoteProblems.Overloaded(request.TraceId()), cancellationToken);
    }

    private async Task<HttpResponseData> AnswerAsync(
        HttpRequestData request, QuoteRequest asked, DurableTaskClient durable, RequestClock clock, CancellationToken cancellationToken)
    {
        if (hub.IsAwayFor(asked.Budget))
        {
            return await AnswerWithoutHubAsync(request, asked, flight: null, durable, clock, cancellationToken);
        }

        if (await stored.FindFreshAsync(asked, cancellationToken) is { } fresh)
        {
            counted.Count(asked);
            return await QuoteAnswer.Published(asked, fresh, ServedFrom.Store, time.GetUtcNow()).RespondAsync(request, clock, metrics, cancellationToken);
        }

        var traceId = request.TraceId();
        var flight = aggregation.Begin(asked, clock, traceId, durable);
        var answered = false;
        try
        {
            var response = await AnswerFromFlightAsync(request, asked, flight, durable, clock, cancellationToken);
            answered = true;
            return response;
        }
        finally
        {
            flight.Trace?.Answer(traceId, failed: !answered);
        }
    }

    private async Task<HttpResponseData> AnswerFromFlightAsync(
        HttpRequestData request, QuoteRequest asked, QuoteFlight flight, DurableTaskClient durable, RequestClock clock, CancellationToken cancellationToken)
    {
        switch (await WaitAsync(flight, asked, asked.Budget - clock.Elapsed - _answerReserve, cancellationToken))
        {
            case { Quote: { Price: not null } quote }:
                counted.Count(asked);
                return await QuoteAnswer.Aggregated(asked, quote).RespondAsync(request, clock, metrics, cancellationToken);
            case { Quote: { } quote }:
                return await RespondWithoutPriceAsync(request, QuoteDocument.Read(quote.Document), flight.InstanceId, clock, cancellationToken);
            case { HubIsSlow: true }:
                return await AnswerWithoutHubAsync(request, asked, flight, durable, clock, cancellationToken);
            default:
                metrics.BudgetMissed();
                return await AnswerFromStoreAsync(request, asked, flight, durable, clock, cancellationToken);
        }
    }

    private async Task<FlightWait> WaitAsync(QuoteFlight flight, QuoteRequest asked, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await flights.WaitAsync(flight, asked, patience, cancellationToken);
        }
        catch (Exception) when (flight.Landed.IsFaulted) // Logged where it was scheduled.
        {
            return new FlightWait(null, HubIsSlow: true);
        }
    }

    /// <summary>The budget ended before the orchestration's answer came.</summary>
    private async Task<HttpResponseData> AnswerFromStoreAsync(
        HttpRequestData request, QuoteRequest asked, QuoteFlight flight, DurableTaskClient durable, RequestClock clock, CancellationToken cancellationToken)
    {
        if (await stored.FindStandInAsync(asked, flight, cancellationToken) is { } standIn)
        {
            return await QuoteAnswer.StandIn(asked, standIn, flight.InstanceId, time.GetUtcNow()).RespondAsync(request, clock, metrics, cancellationToken);
        }

        return await later.RespondPendingAsync(request, asked.Symbol, flight.InstanceId, clock, cancellationToken);
    }

    /// <summary>No orchestration can be started, or not in time.</summary>
    /// <param name="flight">That of an orchestration which may start after all: each provider is asked once for both.</param>
    private async Task<HttpResponseData> AnswerWithoutHubAsync(
        HttpRequestData request, QuoteRequest asked, QuoteFlight? flight, DurableTaskClient durable, RequestClock clock, CancellationToken cancellationToken)
    {
        var left = asked.Budget - clock.Elapsed - _answerReserve;
        if (left <= LeastTimeToAsk)
        {
            metrics.BudgetMissed();
            if (await stored.FindStandInAsync(asked, flight, cancellationToken) is { } standIn)
            {
                return await QuoteAnswer.StandIn(asked, standIn, instanceId: null, time.GetUtcNow()).RespondAsync(request, clock, metrics, cancellationToken);
            }

            left = LastResort;
        }

        var quote = await withoutHub.AskAsync(asked, left, flight, durable, cancellationToken);
        if (quote.Price is not null)
        {
            return await QuoteAnswer.WithoutHub(asked, quote).RespondAsync(request, clock, metrics, cancellationToken);
        }

        return await RespondWithoutPriceAsync(request, quote, instanceId: null, clock, cancellationToken);
    }

    /// <summary>That providers did not answer in time says nothing about them while this process is behind: the caller is told to come later.</summary>
    private async Task<HttpResponseData> RespondWithoutPriceAsync(
        HttpRequestData request, ConsolidatedQuote quote, string? instanceId, RequestClock clock, CancellationToken cancellationToken)
    {
        var problem = QuoteProblems.WithoutPrice(quote, instanceId, request.TraceId());
        if (problem.Status is HttpStatusCode.ServiceUnavailable && admission.IsBusy && quote.Providers.Any(result => result.Outcome is FetchStatus.TimedOut))
        {
            return await TurnAwayAsync(request, cancellationToken);
        }

        metrics.Answered(ServedFrom.Nothing, clock.Elapsed, overhead: null);
        return await request.RespondAsync(problem, cancellationToken);
    }
}
