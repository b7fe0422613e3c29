using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;

namespace Quorum.Functions.Health;

/// <summary><c>GET health/live</c>: the process runs and answers. Calls no other service: an unavailable PostgreSQL is no reason to
/// restart.</summary>
public static class GetLiveness
{
    private static readonly ReadOnlyMemory<byte> Live = """{"status":"live"}"""u8.ToArray();

    [Function(nameof(GetLiveness))]
    public static Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequestData request,
        CancellationToken cancellationToken
    ) => request.RespondAsync(Live, cancellationToken);
}
