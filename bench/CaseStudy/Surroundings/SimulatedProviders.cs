using Quorum.MarketData;

namespace Quorum.CaseStudy.Surroundings;

/// <summary>The settings that point the six adapters at the simulator.</summary>
internal static class SimulatedProviders
{
    /// <param name="simulator">Its address, without a slash at the end.</param>
    /// <param name="separator"><c>:</c> in configuration, <c>__</c> in the environment.</param>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(string simulator, string separator)
    {
        foreach (var provider in ProviderId.All)
        {
            var path = provider == ProviderId.Finnhub ? "/api/v1/" : provider == ProviderId.Eodhd ? "/api/" : "/";
            var section = $"Providers{separator}{provider.SettingsName}{separator}";
            yield return new(section + "BaseAddress", $"{simulator}/{provider}{path}");
            yield return new(section + "ApiKey", "sim-key");
            yield return new(section + "ApiSecret", "sim-secret");
        }
    }
}
