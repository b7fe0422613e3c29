using Quorum.MarketData;

namespace Quorum.Harness;

/// <summary>The settings that point the six adapters at the simulator.</summary>
public static class SimulatedProviders
{
    /// <param name="simulator">Returns the simulator's address for each provider, without a trailing slash.</param>
    /// <param name="separator"><c>:</c> in configuration, <c>__</c> in the environment.</param>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(Func<ProviderId, string> simulator, string separator)
    {
        foreach (var provider in ProviderId.All)
        {
            var path =
                provider == ProviderId.Finnhub ? "/api/v1/"
                : provider == ProviderId.Eodhd ? "/api/"
                : "/";
            var section = $"Providers{separator}{provider.SettingsName}{separator}";
            yield return new(section + "BaseAddress", $"{simulator(provider)}/{provider}{path}");
            yield return new(section + "ApiKey", "sim-key");
            yield return new(section + "ApiSecret", "sim-secret");
        }
    }
}
