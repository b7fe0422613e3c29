namespace Quorum.DevHost.Settings;

/// <summary>What the app's environment gets in addition to this process's own.</summary>
internal static class AppSettings
{
    /// <param name="given">The environment, which always wins.</param>
    /// <param name="port">Where the app shall listen.</param>
    /// <param name="postgres">A connection string; <see langword="null"/> when the environment gives one.</param>
    /// <param name="storage">The queues' storage account; <see langword="null"/> when the environment gives one.</param>
    /// <param name="simulator">Its address; <see langword="null"/> when the environment gives all providers.</param>
    public static Dictionary<string, string?> Compose(GivenSettings given, int port, string? postgres, string? storage, string? simulator)
    {
        var settings = new Dictionary<string, string?> { ["FUNCTIONS_HTTP_PORT"] = $"{port}" };
        if (!given.Has("AZURE_FUNCTIONS_ENVIRONMENT") && !given.Has("DOTNET_ENVIRONMENT"))
            settings["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development"; // as under Core Tools: no function keys
        if (postgres is not null)
            settings["ConnectionStrings__Quorum"] = postgres;
        if (storage is not null)
            settings["AzureWebJobsStorage"] = storage;
        if (simulator is not null)
        {
            foreach (var (name, value) in SimulatedProviders.Settings(given, simulator))
                settings[name] = value;
        }
        return settings;
    }
}
