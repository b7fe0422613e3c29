using System.Globalization;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>A process on a machine whose clock is five minutes wrong, beside one whose clock is right.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private const string StoredAnswer = "Quorum:Quotes:StoredAnswerMs=1000"; // of PostgreSQL, on a busy machine

    private TestDatabase _database = null!; // set before each test
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

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_wrong_clock_changes_no_age_and_makes_no_quote_stale(int minutes)
    {
        await using var wrong = await RunningApp.StartOnMachineAsync(
            _database,
            _simulator.Address,
            new ShiftedTimeProvider(TimeSpan.FromMinutes(minutes)),
            StoredAnswer
        );
        await using var right = await RunningApp.StartAsync(_database, _simulator.Address, StoredAnswer);

        await PublishAsync(wrong, "T0800");
        await PublishAsync(right, "T0801");
        var calls = await _simulator.CountCallsAsync("T0800") + await _simulator.CountCallsAsync("T0801");
        (RunningApp App, string Symbol)[] asked = [(right, "T0800"), (right, "T0801"), (wrong, "T0800"), (wrong, "T0801")];
        foreach (var (app, symbol) in asked)
        {
            var answer = await app.GetAsync($"quotes/{symbol}?maxAge=240");

            Assert.InRange(int.Parse(answer.Header("Age")!, CultureInfo.InvariantCulture), 0, 239); // every quote has an age
        }

        Assert.Equal(calls, await _simulator.CountCallsAsync("T0800") + await _simulator.CountCallsAsync("T0801"));
        Assert.True(await _database.QueryAsync<bool>("select max(abs(extract(epoch from now() - published_at))) < 240 from quorum.quotes"));
    }

    /// <summary>The pause before the second attempt of a publication is a durable timer.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_timer_that_one_process_created_fires_in_time_in_another(int minutes)
    {
        await using var right = await RunningApp.StartAsync(_database, _simulator.Address);
        await _database.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$;
            create trigger refused before insert on quorum.quotes for each row execute function refuse();
            """
        );
        string instance;
        await using (
            var wrong = await RunningApp.StartOnMachineAsync(
                _database,
                _simulator.Address,
                new ShiftedTimeProvider(TimeSpan.FromMinutes(minutes))
            )
        )
        {
            instance = (await wrong.GetAsync("quotes/T0802?budget=10000")).Value("instanceId")!; // every quote of an orchestration has one
            await _database.WaitUntilAsync(
                $"select exists (select from taskhub.history where instance_id = '{instance}' and events like '%TimerCreated%')"
            );
        }

        await _database.ExecuteAsync("drop trigger refused on quorum.quotes");

        await _database.WaitUntilAsync($"select exists (select from quorum.quotes where id = '{instance}')", TimeSpan.FromMinutes(3));
    }

    private async Task PublishAsync(RunningApp app, string symbol)
    {
        await app.GetAsync($"quotes/{symbol}?budget=10000");
        await _database.WaitUntilAsync(
            $"select exists (select from quorum.quotes where symbol = '{symbol}' and completeness = 'complete')"
        );
    }
}
