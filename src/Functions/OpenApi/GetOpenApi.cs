using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;

namespace Quorum.Functions.OpenApi;

/// <summary><c>GET openapi.json</c>: what this API is, for programs.</summary>
public static class GetOpenApi
{
    [Function(nameof(GetOpenApi))]
    public static Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequestData request,
        CancellationToken cancellationToken
    ) => request.RespondTaggedAsync(OpenApiDocument.Utf8, cancellationToken);
}
