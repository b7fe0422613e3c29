using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>A database, a simulator and the app for a test class. Tests that switch faults use symbols of their own.</summary>
public class QuorumFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private RunningSimulator? _simulator;
    private RunningApp? _app;

    /// <summary>The settings of the app.</summary>
    protected virtual IReadOnlyList<string> Settings => ["Quorum:Batches:PauseBetweenTries=00:00:00.2"];

    internal TestDatabase Database => _database ?? throw NotInitialized();

    internal RunningSimulator Simulator => _simulator ?? throw NotInitialized();

    internal RunningApp App => _app ?? throw NotInitialized();

    /// <summary>Waits until every message to <c>quote-batches</c> has been dealt with.</summary>
    internal async Task EmptyQueueAsync()
    {
        using var queue = await QueueOfBatches.OfAsync(Database);
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (await queue.CountAsync() > 0)
        {
            await Database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
        }
    }

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        _app = await RunningApp.StartAsync(_database, _simulator.Address, [.. Settings]);
    }

    public async Task DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? default);
        await (_simulator?.DisposeAsync() ?? default);
        await (_database?.DisposeAsync() ?? default);
    }

    private static InvalidOperationException NotInitialized() => new("xunit has not initialized the fixture.");
}
