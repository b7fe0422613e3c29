using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary><c>GET quotes/{symbol}</c>: the consolidated quote, inside the caller's budget.</summary>
public sealed class GetQuote(
    InstrumentCatalogue catalogue,
    StoredQuotes stored,
    QuoteAggregation aggregation,
    QuoteFlights flights,
    TimeProvider time,
    IOptions<QuoteOptions> options)
{
    private readonly TimeSpan _answerReserve = TimeSpan.FromMilliseconds(options.Value.AnswerReserveMs);

    [Function(nameof(GetQuote))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "quotes/{symbol}")] HttpRequestData request,
        string symbol,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var clock = new RequestClock(time);
        if (!QuoteRequest.TryParse(symbol, request.Query, out var asked, out var faults) || request.HasBody())
        {
            var all = request.HasBody() ? [.. faults, new InvalidParameter("body", null, "A GET request has no body.")] : faults;
            return await request.RespondAsync(all, cancellationToken);
        }

        asked = asked with { Symbol = catalogue.Canonicalize(asked.Symbol) };
        if (await stored.FindFreshAsync(asked, cancellationToken) is { } fresh)
        {
            return await QuoteAnswer.Published(asked, fresh, time.GetUtcNow()).RespondAsync(request, clock, cancellationToken);
        }

        var flight = aggregation.Begin(asked, asked.Budget - clock.Elapsed, durable);
        return await WaitAsync(flight, asked.Budget - clock.Elapsed - _answerReserve, cancellationToken) switch
        {
            { Price: not null } quote => await QuoteAnswer.Aggregated(asked, quote).RespondAsync(request, clock, cancellationToken),
            { } quote => await request.RespondAsync(
                QuoteProblems.WithoutPrice(QuoteDocument.Read(quote.Document), flight.InstanceId, request.TraceId()), cancellationToken),
            null => await RespondWithoutAsync(flight, asked, request, durable, clock, cancellationToken),
        };
    }

    /// <summary><see langword="null"/> when there is nothing in time: the budget ended, or the instance could not be scheduled.</summary>
    private async Task<PublishedQuote?> WaitAsync(QuoteFlight flight, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await flights.WaitAsync(flight, patience, cancellationToken);
        }
        catch (Exception) when (flight.Landed.IsFaulted) // Logged where it was scheduled.
        {
            return null;
        }
    }

    private async Task<HttpResponseData> RespondWithoutAsync(
        QuoteFlight flight,
        QuoteRequest asked,
        HttpRequestData request,
        DurableTaskClient durable,
        RequestClock clock,
        CancellationToken cancellationToken)
    {
        if (await stored.FindStandInAsync(asked, cancellationToken) is { } standIn)
        {
            return await QuoteAnswer.StandIn(asked, standIn, flight.InstanceId, time.GetUtcNow()).RespondAsync(request, clock, cancellationToken);
        }

        return flight.Scheduled
            ? await durable.CreateCheckStatusResponseAsync(request, flight.InstanceId, cancellationToken)
            : await request.RespondAsync(QuoteProblems.NotStarted(asked.Symbol, request.TraceId()), cancellationToken);
    }
}
