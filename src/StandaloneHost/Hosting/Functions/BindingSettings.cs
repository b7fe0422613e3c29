using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Quorum.StandaloneHost.Queues;
using Quorum.StandaloneHost.Timers;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>
/// Resolves the app settings that declarations of triggers and outputs name. A result is null if a fault was added instead.
/// </summary>
internal sealed partial class BindingSettings(IConfiguration app)
{
    private const string Prefix = "AzureWebJobs";
    private const string DefaultConnection = "Storage";
    private const string ZoneSetting = "WEBSITE_TIME_ZONE";

    private readonly Dictionary<string, QueueServiceClient> _accounts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the setting <c>AzureWebJobs.NAME.Disabled</c> switches the function off.</summary>
    public bool IsDisabled(string function, ICollection<string> faults)
    {
        var setting = $"{Prefix}.{function}.Disabled";
        switch (app[setting] ?? app[setting.Replace('.', ':')]) // systems whose variables cannot have dots write two underscores
        {
            case null or "" or "0":
                return false;
            case "1":
                return true;
            case var text when bool.TryParse(text, out var isDisabled):
                return isDisabled;
            case var text:
                faults.Add($"The setting '{setting}' must be true or false; got '{text}'.");
                return false;
        }
    }

    /// <summary>Returns a queue's name, in lower case as the host sends it.</summary>
    public string? QueueName(string declared, ICollection<string> faults)
    {
        if (Expand(declared, faults) is not { } name)
        {
            return null;
        }

        name = name.ToLowerInvariant();
        if (QueueNamePattern().IsMatch(name))
        {
            return name;
        }

        faults.Add($"the queue name '{name}' must be 3 to 63 small letters, digits or single hyphens between them.");
        return null;
    }

    /// <summary>Opens the account of a connection: the setting <c>AzureWebJobs</c> + name, else the setting of that name.</summary>
    /// <param name="connection">The declared name; null for <c>AzureWebJobsStorage</c>.</param>
    /// <param name="faults">Receives the fault, never the connection string.</param>
    public QueueServiceClient? Account(string? connection, ICollection<string> faults)
    {
        var name = string.IsNullOrEmpty(connection) ? DefaultConnection : connection;
        if (_accounts.TryGetValue(name, out var known))
        {
            return known;
        }

        var prefixed = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name : Prefix + name;
        var setting = connection is null ? prefixed : name;
        try
        {
            if ((StorageConnection.Open(app, prefixed) ?? StorageConnection.Open(app, name)) is { } account)
            {
                return _accounts[name] = account;
            }

            faults.Add(
                $"it needs a storage account, but the setting '{setting}' is missing. Set it to a connection string, or '{setting}__accountName' to the account's name."
            );
        }
        catch (FormatException fault)
        {
            faults.Add($"the setting '{setting}' cannot be used: {fault.Message}");
        }

        return null;
    }

    /// <summary>Returns a timer's schedule, in the app's time zone.</summary>
    public TimerSchedule? Schedule(string declared, ICollection<string> faults)
    {
        if (Expand(declared, faults) is not { } text || Zone(faults) is not { } zone)
        {
            return null;
        }

        try
        {
            return TimerSchedule.Parse(text, zone);
        }
        catch (FormatException fault)
        {
            faults.Add(fault.Message);
            return null;
        }
    }

    private TimeZoneInfo? Zone(ICollection<string> faults)
    {
        if (app[ZoneSetting] is not { Length: > 0 } id)
        {
            return TimeZoneInfo.Utc;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
        {
            return zone;
        }

        faults.Add($"the setting '{ZoneSetting}' must be a time zone of this machine, for example Europe/Berlin; got '{id}'.");
        return null;
    }

    /// <summary>Returns the text with each <c>%SETTING%</c> replaced by that setting's value.</summary>
    private string? Expand(string text, ICollection<string> faults)
    {
        var isWhole = true;
        var expanded = SettingPattern()
            .Replace(
                text,
                match =>
                {
                    var setting = match.Groups["name"].Value;
                    if (app[setting.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value)
                    {
                        return value;
                    }

                    faults.Add($"'{text}' names the setting '{setting}', which is missing.");
                    isWhole = false;
                    return "";
                }
            );
        return isWhole ? expanded : null;
    }

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SettingPattern();

    // https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata
    [GeneratedRegex(
        "^(?=.{3,63}\\z)[a-z0-9]+(-[a-z0-9]+)*\\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex QueueNamePattern();
}
