using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Testing;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>A running Durable Task engine with a worker and a client. xunit starts one for all facts of its collection.</summary>
public abstract class Engine : IAsyncLifetime
{
    private DurableTaskClient? _client;

    /// <summary>Gets the client under test.</summary>
    public DurableTaskClient Client => _client ?? throw new InvalidOperationException("xunit has not initialized the engine.");

    /// <summary>Gets the orchestrators and activities of the worker under test.</summary>
    public LiveTasks Tasks { get; } = new();

    /// <summary>Gets the log messages of the worker under test.</summary>
    public FakeLoggerProvider Log { get; } = new();

    public async Task InitializeAsync() => _client = await StartAsync();

    public abstract Task DisposeAsync();

    protected abstract Task<DurableTaskClient> StartAsync();
}
