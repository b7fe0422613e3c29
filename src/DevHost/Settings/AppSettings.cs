namespace Quorum.DevHost.Settings;

/// <summary>The settings that the app's environment gets in addition to this process's own.</summary>
internal static class AppSettings
{
    /// <param name="given">The environment, which takes precedence.</param>
    /// <param name="port">The app's port.</param>
    /// <param name="postgres">A connection string; <see langword="null"/> when the environment has one.</param>
    /// <param name="storage">The storage account of the queues; <see langword="null"/> when the environment has one.</param>
    /// <param name="roles">Real and simulated providers.</param>
    /// <param name="simulator">The simulator's address; <see langword="null"/> when no provider is simulated.</param>
    public static Dictionary<string, string?> Compose(
        GivenSettings given,
        int port,
        string? postgres,
        string? storage,
        ProviderRoles roles,
        string? simulator
    )
    {
        var settings = new Dictionary<string, string?> { ["FUNCTIONS_HTTP_PORT"] = $"{port}" };
        if (!given.Has("AZURE_FUNCTIONS_ENVIRONMENT") && !given.Has("DOTNET_ENVIRONMENT"))
        {
            settings["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development"; // no function keys, as under Core Tools
        }

        if (postgres is not null)
        {
            settings["ConnectionStrings__Quorum"] = postgres;
        }

        if (storage is not null)
        {
            settings["AzureWebJobsStorage"] = storage;
        }

        if (simulator is not null)
        {
            foreach (var (name, value) in roles.SimulatorSettings(given, simulator))
            {
                settings[name] = value;
            }
        }

        return settings;
    }
}
