using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Retention;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class RetentionTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.
    private RunningSimulator _simulator = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Finished_instances_and_their_quotes_go_when_their_retention_ends()
    {
        await using var app = await RunningApp.StartAsync(_database, _simulator.Address, "Quorum:Retention:Quotes=2.00:00:00");
        var instanceId = (await app.GetAsync("quotes/T0700?budget=10000")).Value("instanceId");
        await app.Services.GetRequiredService<DurableTaskClient>().WaitForInstanceCompletionAsync(instanceId!, CancellationToken.None);
        Assert.Equal((1, 1), await CountAsync());

        await RunAsync(app, TimeSpan.Zero);
        Assert.Equal((1, 1), await CountAsync());

        await RunAsync(app, TimeSpan.FromDays(1.5));
        Assert.Equal((0, 1), await CountAsync());

        await RunAsync(app, TimeSpan.FromDays(2.5));
        Assert.Equal((0, 0), await CountAsync());
        Assert.Equal(0, await _database.QueryAsync<long>($"select count(*) from taskhub.history where instance_id = '{instanceId}'"));

        // The app itself may leave an instance: it tests the task hub on a machine too busy to answer.
        async Task<(long Instances, long Quotes)> CountAsync() =>
            (
                await _database.QueryAsync<long>($"select count(*) from taskhub.instances where instance_id = '{instanceId}'"),
                await _database.QueryAsync<long>($"select count(*) from quorum.quotes where id = '{instanceId}'")
            );
    }

    private static Task RunAsync(RunningApp app, TimeSpan later) =>
        ActivatorUtilities
            .CreateInstance<DeleteExpired>(app.Services, new ShiftedTimeProvider(later))
            .RunAsync(new TimerInfo(), app.Services.GetRequiredService<DurableTaskClient>(), CancellationToken.None);
}
