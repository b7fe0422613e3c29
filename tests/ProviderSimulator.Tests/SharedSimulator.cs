namespace Quorum.ProviderSimulator.Tests;

/// <summary>One simulator for all tests of a class, restored to its start before each of them.</summary>
public sealed class SharedSimulator : IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before the first test.

    public async Task InitializeAsync() => _server = await SimulatorServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    internal async Task<SimulatorServer> RestoreAsync()
    {
        _server.Clock.SetUtcNow(SimulatorServer.Start);
        await _server.OrderAsync("/reset");
        return _server;
    }
}
