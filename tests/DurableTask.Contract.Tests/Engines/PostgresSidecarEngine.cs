using DurableTask.Core;
using Quorum.DurableTask.PostgreSql;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>Our service, on a database of its own, behind the gRPC server.</summary>
public sealed class PostgresSidecarEngine : SidecarEngine
{
    private TestDatabase? _database;
    private PostgresOrchestrationService? _service;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_service is not null)
        {
            await _service.StopAsync();
            await _service.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override async Task<IOrchestrationService> CreateServiceAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions
            {
                ConnectionString = _database.ConnectionString,
                HubName = "contract",
                KeepOrchestratorsInMemory = false, // The sidecar's worker gets the whole history with each turn.
            }
        );
        await _service.CreateIfNotExistsAsync();
        return _service;
    }
}
