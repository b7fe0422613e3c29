using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>The file host.json with its overrides from the environment.</summary>
internal static class HostJson
{
    public const string FileName = "host.json";
    private const string EnvironmentPrefix = "AzureFunctionsJobHost__";

    /// <summary>Reads the first host.json among the directories; without one the settings are empty.</summary>
    /// <exception cref="HostSettingsException">The file is not JSON.</exception>
    public static IConfiguration Load(IEnumerable<string> directories)
    {
        var builder = new ConfigurationBuilder();
        if (directories.Select(directory => Path.Combine(directory, FileName)).FirstOrDefault(File.Exists) is { } path)
        {
            builder.AddJsonFile(path, optional: false, reloadOnChange: false);
        }

        try
        {
            return builder.AddEnvironmentVariables(EnvironmentPrefix).Build();
        }
        catch (InvalidDataException fault)
        {
            throw new HostSettingsException([$"{FileName}: {fault.InnerException?.Message ?? fault.Message}"]);
        }
    }

    /// <summary>Returns <c>logging.logLevel</c> as settings of <see cref="Microsoft.Extensions.Logging"/>.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> LogLevels(IConfiguration hostJson)
    {
        foreach (var level in hostJson.GetSection("logging:logLevel").GetChildren())
        {
            yield return new(
                $"Logging:LogLevel:{(level.Key.Equals("default", StringComparison.OrdinalIgnoreCase) ? "Default" : level.Key)}",
                level.Value
            );
        }
    }
}
