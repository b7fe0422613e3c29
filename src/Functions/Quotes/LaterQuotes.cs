using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Answers callers whose budget ended before their quote was there: 202 with an address of ours, and the quote when they come back
/// to it. The addresses of the Durable Task extension are not given out: they carry a key that can terminate and delete every
/// instance.</summary>
public sealed class LaterQuotes(QuoteStore store, QuoteFlights flights, AppMetrics metrics, TimeProvider time)
{
    private const int RetryAfterSeconds = 1;

    /// <summary>Answers 202 with the address of the quote that an instance is making.</summary>
    internal async Task<HttpResponseData> RespondPendingAsync(
        HttpRequestData request,
        Symbol symbol,
        string instanceId,
        RequestClock clock,
        CancellationToken cancellationToken
    )
    {
        metrics.Answered(ServedFrom.Later, clock.Elapsed, overhead: null);
        RequestLog.NoteInstance(request, instanceId);
        var location = $"{request.Url.GetLeftPart(UriPartial.Path)}?instance={instanceId}";
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        response.Headers.Add("Location", location);
        response.Headers.Add("Retry-After", RetryAfterSeconds.ToString(CultureInfo.InvariantCulture));
        await response.Body.WriteAsync(
            ApiJson.Write(new PendingQuote(symbol, instanceId, location, request.TraceId()), HttpJson.Default.PendingQuote),
            cancellationToken
        );
        return response;
    }

    /// <summary>Answers with the quote that an instance published, with 202 while it is being made, or with 404 for an unknown
    /// instance.</summary>
    internal Task<HttpResponseData> RespondAsync(
        HttpRequestData request,
        QuoteRequest asked,
        string instanceId,
        DurableTaskClient durable,
        RequestClock clock,
        CancellationToken cancellationToken
    )
    {
        return request.WithStorageAsync(AnswerAsync, cancellationToken);

        async Task<HttpResponseData> AnswerAsync()
        {
            if (await store.FindAsync(instanceId, cancellationToken) is { } published)
            {
                return await RespondPublishedAsync(request, asked, published, clock, cancellationToken);
            }

            // A flight of this process may wait for its instance to be scheduled.
            if (flights.Find(instanceId)?.Key.Symbol == asked.Symbol)
            {
                return await RespondPendingAsync(request, asked.Symbol, instanceId, clock, cancellationToken);
            }

            var instance = await durable.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken);
            if (instance is not { Name: nameof(AggregateQuote) } || instance.ReadInputAs<AggregateQuoteInput>()?.Symbol != asked.Symbol)
            {
                return await request.RespondAsync(QuoteProblems.UnknownInstance(asked, instanceId, request.TraceId()), cancellationToken);
            }

            if (!instance.IsCompleted)
            {
                return await RespondPendingAsync(request, asked.Symbol, instanceId, clock, cancellationToken);
            }

            // It may have published and completed between the two readings.
            return await store.FindAsync(instanceId, cancellationToken) is { } late
                ? await RespondPublishedAsync(request, asked, late, clock, cancellationToken)
                : await request.RespondAsync(QuoteProblems.InstanceFailed(asked, instanceId, request.TraceId()), cancellationToken);
        }
    }

    private Task<HttpResponseData> RespondPublishedAsync(
        HttpRequestData request,
        QuoteRequest asked,
        PublishedQuote published,
        RequestClock clock,
        CancellationToken cancellationToken
    )
    {
        if (published.Symbol != asked.Symbol)
        {
            return request.RespondAsync(QuoteProblems.UnknownInstance(asked, published.InstanceId, request.TraceId()), cancellationToken);
        }

        if (published.Price is not null)
        {
            return QuoteAnswer
                .Published(asked, published, ServedFrom.Store, time.GetUtcNow())
                .RespondAsync(request, clock, metrics, cancellationToken);
        }

        metrics.Answered(ServedFrom.Nothing, clock.Elapsed, overhead: null);
        var quote = QuoteDocument.Read(published.Document);
        return request.RespondAsync(QuoteProblems.WithoutPrice(quote, published.InstanceId, request.TraceId()), cancellationToken);
    }
}
