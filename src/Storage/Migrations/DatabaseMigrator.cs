using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.Storage;

/// <summary>
/// Updates schema <c>quorum</c> and the reference data to this build: applies missing migrations and loads the reference CSV, the built-in
/// one and the user's own, if it changed. If several processes do so at once, one works; the others wait for it and then have nothing to
/// do.
/// </summary>
/// <remarks>
/// Needs the right to create the schema, or to own it, only while something is missing. After that it only reads, and the app's role needs
/// only USAGE on schema <c>quorum</c> and SELECT, INSERT, UPDATE and DELETE on its tables.
/// </remarks>
public sealed partial class DatabaseMigrator(
    QuorumDatabase database,
    ILogger<DatabaseMigrator>? logger = null,
    IOptions<ReferenceOptions>? reference = null
)
{
    /// <summary>The key of the advisory lock: "quorum" in ASCII.</summary>
    internal const long LockKey = 0x71756f72756d;

    private static readonly SchemaMigrator Schema = new("quorum", LockKey);

    private readonly ILogger _logger = logger ?? NullLogger<DatabaseMigrator>.Instance;

    /// <summary>All migrations of this build, in order.</summary>
    internal static IReadOnlyList<Migration> Migrations { get; } = Migration.ReadAll(".Migrations.");

    /// <exception cref="MigrationException">A migration that was applied differs from this build's.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or rejects a statement.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(Migrations, cancellationToken);

    internal async Task MigrateAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var file = ReferenceFile.WithInstrumentsOf(reference?.Value.File);
        await using var connection = await database.OpenDedicatedAsync(cancellationToken);
        var result = await Schema.MigrateAsync(
            connection,
            migrations,
            (locked, cancellation) => ReferenceLoader.LoadIfChangedAsync(locked, file, _logger, cancellation),
            cancellationToken
        );
        foreach (var migration in result.Applied)
        {
            LogApplied(migration);
        }

        foreach (var migration in result.Unknown)
        {
            LogUnknown(migration);
        }
    }

    [LoggerMessage(EventId = 1502, Level = LogLevel.Information, Message = "Applied migration {Migration}.")]
    private partial void LogApplied(string migration);

    [LoggerMessage(
        EventId = 1503,
        Level = LogLevel.Warning,
        Message = "The database has migration {Migration}, which this build does not have: a newer build has run on it. Continuing."
    )]
    private partial void LogUnknown(string migration);
}
