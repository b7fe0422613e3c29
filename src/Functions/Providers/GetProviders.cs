using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Providers;

/// <summary><c>GET providers</c>: how each provider is doing, as this process sees it; quotas are counted over all processes.</summary>
public sealed class GetProviders(ProviderFleet fleet)
{
    [Function(nameof(GetProviders))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "providers")] HttpRequestData request,
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

        var providers = new List<ProviderDocument>(ProviderId.All.Count);
        foreach (var provider in ProviderId.All)
        {
            providers.Add(ProviderDocument.Of(await fleet.StatusAsync(provider, cancellationToken)));
        }

        var json = ApiJson.Write(new ProviderList(providers), HttpJson.Default.ProviderList);
        return await request.RespondAsync((ReadOnlyMemory<byte>)json, cancellationToken);
    }
}
