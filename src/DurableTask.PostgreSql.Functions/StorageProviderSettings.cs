using System.Globalization;
using Microsoft.Azure.WebJobs;

namespace Quorum.DurableTask.PostgreSql.Functions;

/// <summary>The section <c>extensions.durableTask.storageProvider</c> of host.json. A value <c>%Name%</c> is the app setting of that
/// name.</summary>
internal sealed class StorageProviderSettings(IDictionary<string, object> section, INameResolver appSettings)
{
    /// <summary>The connection of a section that names none.</summary>
    public const string DefaultConnectionName = "PostgreSql";

    private readonly Dictionary<string, string?> _values = section.ToDictionary(
        setting => setting.Key,
        setting => Resolve(Convert.ToString(setting.Value, CultureInfo.InvariantCulture), appSettings),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>The name of the connection string or app setting that has an Npgsql connection string.</summary>
    public string ConnectionName => Text("connectionName") ?? DefaultConnectionName;

    /// <summary>True if PostgreSQL accepts tokens of an Entra identity instead of a password.</summary>
    public bool EntraAuthentication => Parse("entraAuthentication", bool.TryParse, "true or false", fallback: false);

    public PostgresOrchestrationOptions ToOptions(PostgresOrchestrationOptions defaults) =>
        new()
        {
            ConnectionString = defaults.ConnectionString,
            HubName = defaults.HubName,
            ConfigureDataSource = defaults.ConfigureDataSource,
            LoggerFactory = defaults.LoggerFactory,
            KeepOrchestratorsInMemory = defaults.KeepOrchestratorsInMemory,
            MaxConcurrentActivities = defaults.MaxConcurrentActivities,
            MaxConcurrentOrchestrations = defaults.MaxConcurrentOrchestrations,
            Schema = Text("schema") ?? defaults.Schema,
            Lease = Time("lease", defaults.Lease),
            IdleTime = Time("idleTime", defaults.IdleTime),
            CommitDelay = Time("commitDelay", defaults.CommitDelay),
            StartDelay = Time("startDelay", defaults.StartDelay),
            ResultDelay = Time("resultDelay", defaults.ResultDelay),
            TurnWriters = Number("turnWriters", defaults.TurnWriters),
            MaxTurnsPerCommit = Number("maxTurnsPerCommit", defaults.MaxTurnsPerCommit),
            MaxWaitingStarts = Number("maxWaitingStarts", defaults.MaxWaitingStarts),
            MaxTurnAttempts = Number("maxTurnAttempts", defaults.MaxTurnAttempts),
        };

    private delegate bool TryParse<T>(string text, out T value);

    private string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    private int Number(string name, int fallback) => Parse(name, int.TryParse, "a whole number", fallback);

    private TimeSpan Time(string name, TimeSpan fallback) => Parse(name, TryParseTime, "a time span such as 00:00:10", fallback);

    private static bool TryParseTime(string text, out TimeSpan value) =>
        TimeSpan.TryParseExact(text, ["c", "g"], CultureInfo.InvariantCulture, out value);

    private T Parse<T>(string name, TryParse<T> parse, string rule, T fallback) =>
        Text(name) is not { } text ? fallback
        : parse(text, out var value) ? value
        : throw new InvalidOperationException($"extensions.durableTask.storageProvider.{name} in host.json must be {rule}; got '{text}'.");

    private static string? Resolve(string? value, INameResolver appSettings) =>
        value is ['%', .. { Length: > 0 } name, '%'] ? appSettings.Resolve(name) : value;
}
