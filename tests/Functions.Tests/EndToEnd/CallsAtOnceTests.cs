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

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        _providers = await HeldProviders.StartAsync(_simulator.Address);
        _app = await RunningApp.StartAsync(_database, _providers.Address);
        foreach (var symbol in new[] { "T0001", "T0002", "T0003" })
        {
            await _app.GetAsync($"quotes/{symbol}?{Patient}"); // the app learns where activities run
        }
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _providers.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_providers_are_called_once_each_before_the_start_is_committed()
    {
        var called = HoldAll();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "lock table taskhub.instances in share mode";
            await command.ExecuteNonQueryAsync();
        }

        var asking = _app.GetAsync($"quotes/T0010?{Patient}");
        await called.WithinAsync();
        await transaction.RollbackAsync();
        LetAllGo();
        var answer = await asking;

        Assert.Equal("complete", answer.Value("completeness"));
        Assert.Equal(6, await _simulator.CountCallsAsync("T0010"));
        await _database.WaitUntilAsync(
            $"select status = 'Completed' from taskhub.instances where instance_id = '{answer.Value("instanceId")}'"
        );
    }

    [Fact]
    public async Task The_activities_find_the_calls_of_a_caller_who_has_left()
    {
        var called = HoldAll();
        using var leaves = new CancellationTokenSource();
        var asking = _app.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/quotes/T0011?{Patient}"), leaves.Token);
        await called.WithinAsync();
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        LetAllGo();

        await _database.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0011')");
        Assert.Equal(6, await _simulator.CountCallsAsync("T0011"));
    }

    private Task HoldAll() => _providers.HoldAsync(ProviderId.All.Select(id => id.ToString()).ToList());

    private void LetAllGo() => _providers.LetGo([.. ProviderId.All.Select(id => id.ToString())]);
}
