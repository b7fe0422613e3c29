using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary><c>POST batches</c>: stores the batch and sends the message that starts it. The same batch sent again is the same
/// batch.</summary>
public sealed class PostBatch(
    BatchStore store,
    AbandonedBatches abandoned,
    BatchCapacity capacity,
    InstrumentCatalogue catalogue,
    ProviderListings listings,
    BatchTimes times
)
{
    [Function(nameof(PostBatch))]
    public async Task<PostedBatch> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "batches")] HttpRequestData request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (!JsonBody.IsSaidToBeJson(request))
        {
            return new PostedBatch(await request.RespondAsync(RequestProblems.NotJson(request.TraceId()), cancellationToken));
        }

        if (await JsonBody.ReadAsync(request, BatchRequest.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return new PostedBatch(
                await request.RespondAsync(RequestProblems.BodyTooLarge(BatchRequest.MaxBodyBytes, request.TraceId()), cancellationToken)
            );
        }

        var parameters = new QueryParameters(request.Query);
        if (!BatchRequest.TryParse(body, parameters, out var posted))
        {
            return new PostedBatch(await request.RespondAsync(parameters.Faults, cancellationToken));
        }

        if (!BatchContent.HasSymbol(posted.Symbols, catalogue, parameters))
        {
            return new PostedBatch(await request.RespondAsync(parameters.Faults, cancellationToken));
        }

        var now = times.Next();
        var caller = Caller.Of(request);
        var wanted = BatchContent.Compose(posted.BatchId ?? BatchId.New(now), posted.Symbols, catalogue, now) with { Owner = caller.Owner };
        Batch? batch = null;
        var response = await request.WithStorageAsync(
            async () =>
            {
                var stored = posted.BatchId is null ? null : await store.FindAsync(wanted.Id, cancellationToken);
                var calls = 0;
                if (stored is null)
                {
                    var refusal =
                        await TakeRoomAsync(wanted, caller, request.TraceId(), cancellationToken)
                        ?? TakeProviderCalls(wanted, caller, request.TraceId(), out calls);
                    if (refusal is not null)
                    {
                        return await request.RespondAsync(refusal, cancellationToken);
                    }
                }

                batch = stored is null
                    ? await CreateAsync(wanted, caller, calls)
                    : await abandoned.SettleAsync(stored, durable, cancellationToken);
                return batch.Content == wanted.Content && caller.Sees(batch.Owner)
                    ? await AcceptAsync(request, batch, cancellationToken)
                    : await request.RespondAsync(BatchProblems.OtherContent(batch.Id, request.TraceId()), cancellationToken);
            },
            cancellationToken
        );

        // One that has not begun may have lost its message: another one does no harm.
        return batch is { State: BatchState.Accepted } && batch.Content == wanted.Content && caller.Sees(batch.Owner)
            ? new PostedBatch(response) { Message = BatchMessage.Write(batch.Id) }
            : new PostedBatch(response);
    }

    private async Task<Problem?> TakeRoomAsync(NewBatch batch, Caller caller, string traceId, CancellationToken cancellationToken) =>
        await capacity.TakeAsync(batch.Owner, batch.Items.Count, cancellationToken) is { } limit
            ? caller.Refuse(BatchProblems.Full(limit, traceId))
            : null;

    /// <summary>Takes the calls of the whole batch from the caller's day: the batch itself spreads them over time.</summary>
    /// <param name="calls">The number of calls taken.</param>
    /// <returns>The refusal; <see langword="null"/> when they are allowed.</returns>
    private Problem? TakeProviderCalls(NewBatch batch, Caller caller, string traceId, out int calls)
    {
        calls = 0;
        if (!caller.Providers.IsAll)
        {
            return caller.Refuse(ConsumerProblems.ProviderNotAllowed(caller, traceId)); // A batch asks every provider.
        }

        var needed = batch
            .Items.Select(item => item.Symbol)
            .OfType<string>()
            .Sum(symbol => listings.CountCalls(Symbol.Parse(symbol), ProviderSelection.All));
        var refusal = needed > 0 ? caller.TakeProviderCalls(needed, traceId, paced: true) : null;
        calls = refusal is null ? needed : 0;
        return refusal;
    }

    /// <summary>Stores the batch. Gives the calls back if it is not stored, or if another request has stored it.</summary>
    private async Task<Batch> CreateAsync(NewBatch wanted, Caller caller, int calls)
    {
        var caused = 0;
        try
        {
            // Not cancelled with the caller: the batch could be stored after its calls are given back.
            var stored = await store.CreateAsync(wanted, CancellationToken.None);
            caused = IsOf(stored, wanted) ? calls : 0;
            return stored;
        }
        finally
        {
            caller.SettleProviderCalls(calls, caused, paced: true);
        }
    }

    /// <summary>True if this request has stored the batch: two requests for the same batch differ in their times (<see cref="BatchTimes"/>),
    /// which PostgreSQL stores in microseconds.</summary>
    private static bool IsOf(Batch stored, NewBatch wanted) =>
        stored.Content == wanted.Content
        && stored.Owner == wanted.Owner
        && stored.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond == wanted.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static async Task<HttpResponseData> AcceptAsync(HttpRequestData request, Batch batch, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        response.Headers.Add("Location", $"{request.Url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{batch.Id}");
        await response.Body.WriteAsync(
            ApiJson.Write(BatchResource.OfPosted(batch), BatchHttpJson.Default.BatchResource),
            cancellationToken
        );
        return response;
    }
}

/// <summary>The outputs of <c>POST batches</c>.</summary>
/// <param name="Response">The response to the caller, after the message has been sent.</param>
public sealed record PostedBatch(HttpResponseData Response)
{
    /// <summary>Starts the batch; <see langword="null"/> when there is nothing to start.</summary>
    [QueueOutput(BatchQueue.Name)]
    public string? Message { get; init; }
}
