using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>A front for each provider.</summary>
internal sealed class ProviderFronts(Func<ProviderId, Front> open) : IAsyncDisposable
{
    public IReadOnlyDictionary<ProviderId, Front> Of { get; } = ProviderId.All.ToDictionary(provider => provider, open);

    public async ValueTask DisposeAsync()
    {
        foreach (var front in Of.Values)
        {
            await front.DisposeAsync();
        }
    }
}
