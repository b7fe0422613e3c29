using Quorum.DurableTask.PostgreSql;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.Timers;

/// <summary>A database with the tables of a task hub, in which timers keep their state.</summary>
internal static class TimerDatabase
{
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await using var hub = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = database.ConnectionString }
        );
        await hub.CreateIfNotExistsAsync();
        return database;
    }
}
