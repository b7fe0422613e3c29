using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>One provider of the fleet.</summary>
/// <param name="Adapter">The adapter, also of a disabled provider: spelling needs no connection.</param>
/// <param name="Client">The client; <see langword="null"/> when disabled.</param>
/// <param name="Unknown">The recent unknown symbols.</param>
/// <param name="Plan">The plan's name, lower case.</param>
/// <param name="IsSimulated">True if the provider is simulated.</param>
internal sealed record FleetMember(IProviderAdapter Adapter, ProviderClient? Client, UnknownSymbols Unknown, string Plan, bool IsSimulated)
{
    /// <summary>Returns the provider's status.</summary>
    public ProviderStatus StatusOf(ProviderId provider, ProviderQuota quota)
    {
        if (Client is not { } client)
        {
            return new ProviderStatus
            {
                Provider = provider,
                IsEnabled = false,
                Plan = Plan,
                Breaker = BreakerState.Closed,
                Quota = quota,
                Outcomes = new Dictionary<FetchStatus, long>(),
            };
        }

        var breaker = client.Breaker.State;
        var latency = client.Statistics.Latency.Read();
        return new ProviderStatus
        {
            Provider = provider,
            IsEnabled = true,
            Plan = Plan,
            Breaker = breaker,
            BreakerOpenUntil = breaker == BreakerState.Open ? client.Breaker.OpenUntil : null,
            Quota = quota,
            IsSimulated = IsSimulated,
            LastSuccessAt = client.Statistics.LastSuccessAt,
            LastRefusal = client.Statistics.LastRefusal,
            LatencyP50Ms = latency?.P50,
            LatencyP95Ms = latency?.P95,
            RequestsUnderWay = client.RequestsUnderWay,
            Outcomes = client.Statistics.Outcomes,
        };
    }
}
