using Microsoft.Extensions.Configuration;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>
/// The task hub and its limits in this process
/// (https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-bindings#hostjson-settings).
/// </summary>
public sealed record TaskHubSettings
{
    /// <summary>
    /// The hub's name: apps with the same name in one database share their orchestrations. Default <c>TestHubName</c>. <c>%NAME%</c> in
    /// host.json is replaced by that app setting.
    /// </summary>
    public string HubName { get; init; } = "TestHubName";

    /// <summary>
    /// The maximum number of activities that run at once in this process, <c>maxConcurrentActivityFunctions</c>; <see langword="null"/> for
    /// the engine's default.
    /// </summary>
    public int? MaxConcurrentActivities { get; init; }

    internal static TaskHubSettings Read(SettingsReader reader, IConfiguration app)
    {
        const string Section = "extensions:durableTask";
        const string Name = $"{Section}:hubName";
        reader.Section(Section);
        var usual = new TaskHubSettings();
        var name = reader.Text(Name) ?? usual.HubName;
        if (name is ['%', .. { Length: > 0 } setting, '%'])
        {
            if (app[setting] is not { Length: > 0 } value)
            {
                reader.Fault(Name, name, $"the name of a setting that exists; '{setting}' does not");
                return usual;
            }

            name = value;
        }

        if (name.Length > 45 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
        {
            reader.Fault(Name, name, "a letter, then up to 44 letters or digits");
        }

        return new TaskHubSettings
        {
            HubName = name,
            MaxConcurrentActivities = reader.Whole($"{Section}:maxConcurrentActivityFunctions", 1),
        };
    }
}
