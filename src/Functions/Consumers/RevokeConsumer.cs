using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary><c>DELETE consumers/{name}</c>: revokes a consumer's key. Asks for the master key.</summary>
public sealed class RevokeConsumer(ConsumerStore store, ConsumerDirectory directory)
{
    [Function(nameof(RevokeConsumer))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "delete", Route = "consumers/{name}")] HttpRequestData request,
        string name,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        return parameters.Faults.Count > 0
            ? await request.RespondAsync(parameters.Faults, cancellationToken)
            : await request.WithStorageAsync(
                async () =>
                {
                    if (!NewConsumer.IsName(name) || !await store.RevokeAsync(name, cancellationToken))
                    {
                        return await request.RespondAsync(ConsumerProblems.NotFound(request.TraceId()), cancellationToken);
                    }

                    await directory.RefreshAsync(cancellationToken);
                    return request.CreateResponse(HttpStatusCode.NoContent);
                },
                cancellationToken
            );
    }
}
