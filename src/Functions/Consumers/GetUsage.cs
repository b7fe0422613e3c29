using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;

namespace Quorum.Functions.Consumers;

/// <summary><c>GET usage</c>: what the caller's key used today; for the master key what every consumer used.</summary>
public sealed class GetUsage(ConsumerDirectory directory, TimeProvider time)
{
    [Function(nameof(GetUsage))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "usage")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        var caller = Caller.Of(request);
        IEnumerable<ConsumerAccount> seen = caller.Owner is null ? directory.Accounts : [caller.Account];
        var usage = new UsageList(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), [.. seen.Select(UsageDocument.Of)]);
        return await request.RespondAsync(ApiJson.Write(usage, HttpJson.Default.UsageList), cancellationToken);
    }
}
