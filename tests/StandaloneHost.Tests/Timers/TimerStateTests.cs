using Quorum.StandaloneHost.Timers;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.Timers;

/// <summary>The state of a timer that survives restarts and decides which process fires.</summary>
public sealed class TimerStateTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-11-20T15:00:30Z");
    private static readonly TimerSchedule EveryMinute = TimerSchedule.Parse("0 * * * * *", TimeZoneInfo.Utc);
    private static readonly TimerSchedule Hourly = TimerSchedule.Parse("0 0 * * * *", TimeZoneInfo.Utc);
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TimerDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_new_timer_is_first_due_at_its_next_occurrence()
    {
        Assert.Equal(new TimerState(null, At("15:01"), Start), await LoadAsync(EveryMinute, Start));
    }

    [Fact]
    public async Task A_restart_finds_the_occurrence_that_was_missed()
    {
        await LoadAsync(EveryMinute, Start);

        Assert.Equal(new TimerState(null, At("15:01"), Start), await LoadAsync(EveryMinute, At("18:00")));
    }

    [Fact]
    public async Task A_timer_that_is_not_monitored_forgets_what_was_missed()
    {
        await LoadAsync(EveryMinute, Start);

        Assert.Equal(new TimerState(null, At("18:01"), At("18:00")), await LoadAsync(EveryMinute, At("18:00"), afresh: true));
    }

    [Fact]
    public async Task A_changed_schedule_begins_with_its_own_next_occurrence_and_keeps_the_last_firing()
    {
        await LoadAsync(EveryMinute, Start);
        Assert.True(await TryFireAsync(due: At("15:01"), next: At("15:02"), now: At("15:01")));

        Assert.Equal(new TimerState(At("15:01"), At("19:00"), At("18:00")), await LoadAsync(Hourly, At("18:00")));
    }

    [Fact]
    public async Task An_occurrence_is_taken_once()
    {
        await LoadAsync(EveryMinute, Start);

        Assert.True(await TryFireAsync(due: At("15:01"), next: At("15:02"), now: At("15:01")));
        Assert.False(await TryFireAsync(due: At("15:01"), next: At("15:02"), now: At("15:01")));
        Assert.Equal(new TimerState(At("15:01"), At("15:02"), At("15:01")), await LoadAsync(EveryMinute, At("15:01")));
    }

    [Fact]
    public async Task One_connection_leads_until_it_stops_or_breaks()
    {
        var store = new TimerStore(_database.DataSource);
        await using var first = await store.OpenAsync(CancellationToken.None);
        await using var second = await store.OpenAsync(CancellationToken.None);
        await using var third = await store.OpenAsync(CancellationToken.None);
        Assert.True(await TimerStore.TryLeadAsync(first, CancellationToken.None));
        Assert.False(await TimerStore.TryLeadAsync(second, CancellationToken.None));

        await TimerStore.StopLeadingAsync(first);
        Assert.True(await TimerStore.TryLeadAsync(second, CancellationToken.None));

        await _database.ExecuteAsync($"select pg_terminate_backend({second.ProcessID}, 60000)");
        Assert.True(await TimerStore.TryLeadAsync(third, CancellationToken.None));
        await TimerStore.StopLeadingAsync(second); // broken: nothing is left to release
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-20T{time}:00Z");

    private Task<TimerState> LoadAsync(TimerSchedule schedule, DateTimeOffset now, bool afresh = false) =>
        new TimerStore(_database.DataSource).LoadAsync("Tick", schedule, now, afresh, CancellationToken.None);

    private Task<bool> TryFireAsync(DateTimeOffset due, DateTimeOffset next, DateTimeOffset now) =>
        new TimerStore(_database.DataSource).TryFireAsync("Tick", due, next, now, CancellationToken.None);
}
