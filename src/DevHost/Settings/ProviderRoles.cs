namespace Quorum.DevHost.Settings;

/// <summary>
/// The providers by role, as the environment determines it. Real and simulated prices are mixed only on the user's request.
/// </summary>
/// <param name="Real">Providers with a key or an address in the environment, by setting name.</param>
/// <param name="Simulated">Providers that are simulated.</param>
/// <param name="Disabled">Providers that are disabled because others are real.</param>
internal sealed record ProviderRoles(IReadOnlyList<string> Real, IReadOnlyList<string> Simulated, IReadOnlyList<string> Disabled)
{
    // Setting name, and the path under which the simulator serves the provider.
    private static readonly (string Id, string Path)[] All =
    [
        ("Finnhub", "finnhub/api/v1/"),
        ("AlphaVantage", "alpha-vantage/"),
        ("TwelveData", "twelve-data/"),
        ("Massive", "massive/"),
        ("Alpaca", "alpaca/"),
        ("Eodhd", "eodhd/api/"),
    ];

    /// <summary>The ids of all providers, as the names of settings have them.</summary>
    public static IEnumerable<string> Ids => All.Select(provider => provider.Id);

    /// <param name="given">The environment. A key without an address means the real service; an address without a key is used as it
    /// is.</param>
    /// <param name="simulateMissing">True to simulate the others beside real providers.</param>
    public static ProviderRoles Of(GivenSettings given, bool simulateMissing)
    {
        var real = All.Where(provider => given.Has(Setting(provider.Id, "ApiKey")) || given.Has(Setting(provider.Id, "BaseAddress")))
            .Select(provider => provider.Id)
            .ToList();
        var missing = All.Select(provider => provider.Id).Except(real).ToList();
        return real.Count == 0 || simulateMissing ? new ProviderRoles(real, missing, []) : new ProviderRoles(real, [], missing);
    }

    /// <summary>
    /// Returns the settings that point the app at the simulator for the simulated providers. Other settings of the environment stay
    /// unchanged.
    /// </summary>
    /// <param name="given">The environment.</param>
    /// <param name="simulator">The simulator's address, without a trailing slash.</param>
    public IEnumerable<(string Name, string Value)> SimulatorSettings(GivenSettings given, string simulator)
    {
        foreach (var (id, path) in All.Where(provider => Simulated.Contains(provider.Id)))
        {
            yield return (Setting(id, "BaseAddress"), $"{simulator}/{path}");
            yield return (Setting(id, "Simulated"), "true");
            yield return (Setting(id, "ApiKey"), "sim-key");
            if (!given.Has(Setting(id, "ApiSecret")))
            {
                yield return (Setting(id, "ApiSecret"), "sim-secret");
            }
        }
    }

    private static string Setting(string id, string name) => $"Providers__{id}__{name}";
}
