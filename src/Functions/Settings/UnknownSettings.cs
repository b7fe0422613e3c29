using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Settings;

/// <summary>Logs unknown settings in the app's sections at start: a misspelled one would silently change nothing.</summary>
internal sealed partial class UnknownSettings(
    IConfiguration configuration,
    IEnumerable<SettingsSection> sections,
    ILogger<UnknownSettings> logger
) : IHostedLifecycleService
{
    /// <summary>The sections that other projects read.</summary>
    private static readonly SettingsSection[] Elsewhere =
    [
        new(StorageOptions.SectionName, typeof(StorageOptions)),
        .. ProviderId.All.Select(provider => new SettingsSection(
            $"{ProviderOptions.Section}:{provider.SettingsName}",
            typeof(ProviderOptions)
        )),
    ];

    /// <summary>Logs before anything else starts: a misspelled setting may be the reason that a start fails.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in Find(configuration, [.. sections, .. Elsewhere]))
        {
            LogUnknown(setting);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The keys in or beside these sections that no option matches, in their order.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration, IReadOnlyList<SettingsSection> sections)
    {
        foreach (var root in sections.Select(section => section.Path.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var child in configuration.GetSection(root).GetChildren())
            {
                var section = sections.FirstOrDefault(section =>
                    string.Equals(section.Path, child.Path, StringComparison.OrdinalIgnoreCase)
                );
                foreach (var unknown in section is null ? [child.Path] : Find(child, section.Options))
                {
                    yield return unknown;
                }
            }
        }
    }

    private static IEnumerable<string> Find(IConfigurationSection section, Type options) =>
        section
            .GetChildren()
            .SelectMany(child =>
                Array
                    .Find(options.GetProperties(), property => string.Equals(property.Name, child.Key, StringComparison.OrdinalIgnoreCase))
                    ?.PropertyType
                    is not { } type
                    ? [child.Path]
                : SettingsSection.IsOptions(type) ? Find(child, type)
                : []
            );

    [LoggerMessage(EventId = 1030, Level = LogLevel.Warning, Message = "Unknown setting {Setting} (ignored). Is it misspelled?")]
    private partial void LogUnknown(string setting);
}

/// <summary>The location of options in the configuration.</summary>
/// <param name="Path">The path of two parts: <c>Quorum:Quotes</c>.</param>
/// <param name="Options">The type of the options.</param>
internal sealed record SettingsSection(string Path, Type Options)
{
    /// <summary>Returns true if values of the type have settings of their own.</summary>
    public static bool IsOptions(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);
}
