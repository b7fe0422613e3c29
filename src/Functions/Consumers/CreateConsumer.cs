using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary><c>POST consumers</c>: creates a consumer and its key, which only this answer shows. Asks for the master key.</summary>
public sealed class CreateConsumer(ConsumerStore store, ConsumerDirectory directory, TimeProvider time)
{
    [Function(nameof(CreateConsumer))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "consumers")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        if (!JsonBody.IsSaidToBeJson(request))
        {
            return await request.RespondAsync(RequestProblems.NotJson(request.TraceId()), cancellationToken);
        }

        if (await JsonBody.ReadAsync(request, NewConsumer.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return await request.RespondAsync(RequestProblems.BodyTooLarge(NewConsumer.MaxBodyBytes, request.TraceId()), cancellationToken);
        }

        var parameters = new QueryParameters(request.Query);
        var key = ConsumerKey.New();
        var consumer = NewConsumer.Read(body, parameters) with { KeyHash = ConsumerKey.HashOf(key), CreatedAt = time.GetUtcNow() };
        return parameters.Faults.Count > 0
            ? await request.RespondAsync(parameters.Faults, cancellationToken)
            : await request.WithStorageAsync(() => CreateAsync(request, consumer, key, cancellationToken), cancellationToken);
    }

    private async Task<HttpResponseData> CreateAsync(
        HttpRequestData request,
        Consumer consumer,
        string key,
        CancellationToken cancellationToken
    )
    {
        switch (await store.CreateAsync(consumer, cancellationToken))
        {
            case ConsumerCreation.Exists:
                return await request.RespondAsync(ConsumerProblems.Exists(consumer.Name, request.TraceId()), cancellationToken);
            case ConsumerCreation.Full:
                return await request.RespondAsync(ConsumerProblems.Full(request.TraceId()), cancellationToken);
        }

        await directory.RefreshAsync(cancellationToken);
        var response = request.CreateResponse(HttpStatusCode.Created);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync(
            ApiJson.Write(ConsumerDocument.Of(consumer) with { Key = key }, HttpJson.Default.ConsumerDocument),
            cancellationToken
        );
        return response;
    }
}
