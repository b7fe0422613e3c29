using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>One process of a hub, in this one: its own memory, connections, lease and name.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TaskHubHost _worker;

    private TestWorker(ServiceProvider services)
    {
        _services = services;
        _worker = services.GetRequiredService<TaskHubHost>();
    }

    public DurableTaskClient Client => _services.GetRequiredService<DurableTaskClient>();

    public PostgresOrchestrationService Service => _services.GetRequiredService<PostgresOrchestrationService>();

    public static Task<TestWorker> StartAsync(
        TestDatabase database,
        Action<TaskRegistry> register,
        Action<DurableTaskOptions>? configure = null,
        TimeProvider? time = null
    ) => StartAsync(database.ConnectionString, register, configure, logs: null, time);

    public static async Task<TestWorker> StartAsync(
        string connectionString,
        Action<TaskRegistry> register,
        Action<DurableTaskOptions>? configure,
        FakeLoggerProvider? logs,
        TimeProvider? time = null
    )
    {
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Information);
            if (logs is not null)
            {
                logging.AddProvider(logs);
            }
        });
        services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        services.AddDurableTaskEngine(
            (options, _) =>
            {
                options.HubName = "Tests";
                options.ConnectionString = connectionString;
                options.Lease = TimeSpan.FromSeconds(2);
                options.ResultDelay = TimeSpan.FromMilliseconds(20);
                configure?.Invoke(options);
            }
        );
        var provider = services.BuildServiceProvider();
        register(provider.GetRequiredService<TaskRegistry>());
        var worker = new TestWorker(provider);
        await worker._worker.StartAsync(CancellationToken.None);
        return worker;
    }

    /// <summary>As <c>kill -9</c> would: nothing more is written, and the lease is left to expire.</summary>
    public async Task KillAsync() => await Service.DisposeAsync();

    /// <param name="shutdown">The end of the host's shutdown time.</param>
    public Task StopAsync(CancellationToken shutdown = default) => _worker.StopAsync(shutdown);

    /// <summary>Starts an orchestration and waits for its end.</summary>
    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input);
        return await EndOfAsync(id);
    }

    public async Task<OrchestrationMetadata> EndOfAsync(string id)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
    }
}

internal static class TaskRegistryExtensions
{
    public static void Orchestrator<TOutput>(this TaskRegistry registry, string name, Func<TaskOrchestrationContext, Task<TOutput>> run) =>
        registry.AddOrchestrator(name, async context => await run(context));

    public static void Activity<TInput, TOutput>(this TaskRegistry registry, string name, Func<TInput, Task<TOutput>> run) =>
        registry.AddActivity(name, async (invocation, _) => await run(invocation.GetInput<TInput>()!));

    public static void Activity<TInput, TOutput>(this TaskRegistry registry, string name, Func<TInput, TOutput> run) =>
        registry.AddActivity(name, (invocation, _) => Task.FromResult<object?>(run(invocation.GetInput<TInput>()!)));
}
