using System.Globalization;
using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Answers callers whose budget ended before their quote was there: 202 with an address of ours, and the quote when they come back
/// to it. The addresses of the Durable Task extension are not given out: they carry a key that can terminate and delete every
/// instance.</summary>
public sealed class LaterQuotes(QuoteStore store, QuoteFlights flights, ConvertedQuotes converted, AppMetrics metrics, TimeProvider time)
{
    private const int RetryAfterSeconds = 1;

    /// <summary>Answers 202 with the address of the quote that an instance is making.</summary>
    internal async Task<HttpResponseData> RespondPendingAsync(
        HttpRequestData request,
        QuoteRequest asked,
        string instanceId,
        RequestClock clock,
        CancellationToken cancellationToken
    )
    {
        metrics.Answered(ServedFrom.Later, clock.Elapsed, overhead: null);
        RequestLog.NoteInstance(request, instanceId);
        var currency = asked.Currency is { } unit ? $"&currency={unit.Name}&budget={asked.Budget.TotalMilliseconds:F0}" : "";
        var location = $"{request.Url.GetLeftPart(UriPartial.Path)}?instance={instanceId}{currency}";
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        response.Headers.Add("Location", location);
        response.Headers.Add("Retry-After", RetryAfterSeconds.ToString(CultureInfo.InvariantCulture));
        await response.Body.WriteAsync(
            ApiJson.Write(new PendingQuote(asked.Symbol, instanceId, location, request.TraceId()), HttpJson.Default.PendingQuote),
            cancellationToken
        );
        return response;
    }

    /// <summary>Answers with the quote that an instance published, with 202 while it is being made, or with 404 for an unknown
    /// instance.</summary>
    internal Task<HttpResponseData> RespondAsync(
        HttpRequestData request,
        QuoteCall call,
        string instanceId,
        CancellationToken cancellationToken
    )
    {
        var (asked, clock, durable) = (call.Request, call.Clock, call.Durable);
        return request.WithStorageAsync(AnswerAsync, cancellationToken);

        async Task<HttpResponseData> AnswerAsync()
        {
            if (await store.FindAsync(instanceId, cancellationToken) is { } published)
            {
                return await RespondPublishedAsync(request, call, published, cancellationToken);
            }

            // A flight of this process may wait for its instance to be scheduled.
            if (flights.Find(instanceId)?.Key.Symbol == asked.Symbol)
            {
                return await RespondPendingAsync(request, asked, instanceId, clock, cancellationToken);
            }

            var instance = await durable.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken);
            if (instance is not { Name: nameof(AggregateQuote) } || instance.ReadInputAs<AggregateQuoteInput>()?.Symbol != asked.Symbol)
            {
                return await request.RespondAsync(QuoteProblems.UnknownInstance(asked, instanceId, request.TraceId()), cancellationToken);
            }

            if (!instance.IsCompleted)
            {
                return await RespondPendingAsync(request, asked, instanceId, clock, cancellationToken);
            }

            // It may have published and completed between the two readings.
            return await store.FindAsync(instanceId, cancellationToken) is { } late
                ? await RespondPublishedAsync(request, call, late, cancellationToken)
                : await request.RespondAsync(QuoteProblems.InstanceFailed(asked, instanceId, request.TraceId()), cancellationToken);
        }
    }

    private async Task<HttpResponseData> RespondPublishedAsync(
        HttpRequestData request,
        QuoteCall call,
        PublishedQuote published,
        CancellationToken cancellationToken
    )
    {
        var asked = call.Request;
        if (published.Symbol != asked.Symbol)
        {
            return await request.RespondAsync(
                QuoteProblems.UnknownInstance(asked, published.InstanceId, request.TraceId()),
                cancellationToken
            );
        }

        if (published.Price is not null)
        {
            var answer = QuoteAnswer.Published(asked, published, ServedFrom.Store, time.GetUtcNow());
            return await (await converted.ConvertAsync(answer, call, cancellationToken)).RespondAsync(
                request,
                call.Clock,
                metrics,
                cancellationToken
            );
        }

        metrics.Answered(ServedFrom.Nothing, call.Clock.Elapsed, overhead: null);
        var quote = QuoteDocument.Read(published.Document);
        return await request.RespondAsync(QuoteProblems.WithoutPrice(quote, published.InstanceId, request.TraceId()), cancellationToken);
    }
}

/// <summary>The body of a 202: the quote is still being asked for.</summary>
/// <param name="InstanceId">The orchestration instance that makes the quote.</param>
/// <param name="Location">The address of the quote, as in the header of that name. The caller's key may read it.</param>
/// <param name="TraceId">W3C trace id of the request, which its logs and spans carry too.</param>
internal sealed record PendingQuote(Symbol Symbol, string InstanceId, string Location, string TraceId);
