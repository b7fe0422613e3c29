using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary><c>GET consumers</c>: the consumers with their limits, without their keys. Asks for the master key.</summary>
public sealed class ListConsumers(ConsumerStore store)
{
    [Function(nameof(ListConsumers))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "get", "head", Route = "consumers")] HttpRequestData request,
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
                    var consumers = await store.ListAsync(cancellationToken);
                    return await request.RespondTaggedAsync(
                        ApiJson.Write(new ConsumerList([.. consumers.Select(ConsumerDocument.Of)]), HttpJson.Default.ConsumerList),
                        cancellationToken
                    );
                },
                cancellationToken
            );
    }
}
