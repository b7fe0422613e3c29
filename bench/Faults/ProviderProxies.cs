using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>A proxy for each provider.</summary>
internal sealed class ProviderProxies(Func<ProviderId, FaultProxy> open) : IAsyncDisposable
{
    public IReadOnlyDictionary<ProviderId, FaultProxy> Of { get; } = ProviderId.All.ToDictionary(provider => provider, open);

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Of.Values)
        {
            await proxy.DisposeAsync();
        }
    }
}
