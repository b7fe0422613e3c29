namespace Quorum.DevHost.Settings;

/// <summary>The providers that the simulator plays: those without a base address in the environment.</summary>
internal static class SimulatedProviders
{
    // Setting name, and the path below which the simulator serves it.
    private static readonly (string Id, string Path)[] All =
    [
        ("Finnhub", "finnhub/api/v1/"),
        ("AlphaVantage", "alpha-vantage/"),
        ("TwelveData", "twelve-data/"),
        ("Massive", "massive/"),
        ("Alpaca", "alpaca/"),
        ("Eodhd", "eodhd/api/"),
    ];

    public static IReadOnlyList<string> Of(GivenSettings given) =>
        [.. All.Where(provider => !given.Has(BaseAddress(provider.Id))).Select(provider => provider.Id)];

    /// <summary>The settings that point the app at the simulator. What the environment gives stays as it is.</summary>
    /// <param name="given">The environment.</param>
    /// <param name="simulator">Its address, without a slash at the end.</param>
    public static IEnumerable<(string Name, string Value)> Settings(GivenSettings given, string simulator)
    {
        foreach (var (id, path) in All)
        {
            if (given.Has(BaseAddress(id)))
                continue;
            yield return (BaseAddress(id), $"{simulator}/{path}");
            if (!given.Has($"Providers__{id}__ApiKey"))
                yield return ($"Providers__{id}__ApiKey", "sim-key");
            if (!given.Has($"Providers__{id}__ApiSecret"))
                yield return ($"Providers__{id}__ApiSecret", "sim-secret");
        }
    }

    private static string BaseAddress(string id) => $"Providers__{id}__BaseAddress";
}
