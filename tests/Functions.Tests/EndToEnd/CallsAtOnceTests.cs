using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Where activities run in the process of the trigger, the calls to the providers begin while the start is being
/// committed.</summary>
public sealed class CallsAtOnceTests : IAsyncLifetime
{
    private const string Patient = "budget=10000&maxAge=0";

    private TestDatabase _database = null!;
    private RunningSimulator _simulator = null!;
    private HeldProviders _providers = null!;
    private RunningApp _app = null!;
    private NpgsqlConnection _holder = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _holder = new NpgsqlConnection(_database.ConnectionString);
        _simulator = await RunningSimulator.StartAsync();
        _providers = await HeldProviders.StartAsync(_simulator.Address);
        _app = await RunningApp.StartAsync(_database, _providers.Address);
    }

    public async Task DisposeAsync()
    {
        await _holder.DisposeAsync();
        await _app.DisposeAsync();
        await _providers.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_providers_are_called_once_each_before_the_start_is_committed()
    {
        var called = HoldAll();
        await using var locked = await LockHubAsync();
        var asking = _app.GetAsync($"quotes/T0010?{Patient}");
        await called.WithinAsync();
        await locked.RollbackAsync();
        LetAllGo();
        var answer = await asking;

        Assert.Equal("complete", answer.Value("completeness"));
        Assert.NotEqual("", answer.Value("instanceId")); // of the orchestration, not made without the hub
        Assert.Equal(6, await _simulator.CountCallsAsync("T0010"));
        await _database.WaitUntilAsync(
            $"select status = 'Completed' from taskhub.instances where instance_id = '{answer.Value("instanceId")}'"
        );
    }

    [Fact]
    public async Task The_activities_find_the_calls_of_a_caller_who_has_left()
    {
        var called = HoldAll();
        await using var locked = await LockHubAsync(); // no activity begins before the caller leaves
        using var leaves = new CancellationTokenSource();
        var asking = _app.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/quotes/T0001?{Patient}"), leaves.Token);
        await called.WithinAsync();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        while (_app.Services.GetRequiredService<QuoteFlights>().Awaited().Length > 0)
        {
            await _database.ExecuteAsync("select pg_sleep(0.01)"); // until the app knows that the caller has left
        }

        await locked.RollbackAsync();
        LetAllGo();

        await _database.WaitUntilAsync("select count(*) = 1 from quorum.quotes where symbol = 'T0001'");
        Assert.Equal(6, await _simulator.CountCallsAsync("T0001"));
    }

    /// <summary>Keeps the hub from committing starts until the transaction ends.</summary>
    private async Task<NpgsqlTransaction> LockHubAsync()
    {
        await _holder.OpenAsync();
        var transaction = await _holder.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table taskhub.instances in share mode", _holder, transaction);
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    private Task HoldAll() => _providers.HoldAsync(ProviderId.All.Select(id => id.ToString()).ToList());

    private void LetAllGo() => _providers.LetGo([.. ProviderId.All.Select(id => id.ToString())]);
}
