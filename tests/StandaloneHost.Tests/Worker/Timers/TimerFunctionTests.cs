using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.Worker.Timers;

/// <summary>Timer triggers as an app declares them.</summary>
public sealed class TimerFunctionTests : IAsyncLifetime
{
    private readonly Firings _firings = new();
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_timer_fires_on_startup_and_tells_where_its_schedule_stands()
    {
        await using var app = await StartAsync(typeof(AtNewYear));

        var firing = await NextAsync();

        Assert.False(firing.IsPastDue);
        var status = Assert.IsType<ScheduleStatus>(firing.ScheduleStatus);
        Assert.Equal(default, status.Last);
        // Midnight in New York.
        Assert.Equal((1, 1, 5, DateTimeKind.Utc), (status.Next.Month, status.Next.Day, status.Next.Hour, status.Next.Kind));
    }

    [Fact]
    public async Task Two_processes_on_one_hub_fire_each_occurrence_once()
    {
        await using var first = await StartAsync(typeof(EverySecond));
        await using var second = await StartAsync(typeof(EverySecond));

        var next = new HashSet<DateTime>();
        for (var n = 0; n < 4; n++)
        {
            Assert.True(next.Add((await NextAsync()).ScheduleStatus?.Next ?? default));
        }
    }

    [Fact]
    public async Task A_timer_that_is_not_monitored_does_not_make_up_for_missed_occurrences()
    {
        await using (await StartAsync(typeof(Unmonitored)))
        {
            await _database.WaitUntilAsync("select exists (select from taskhub.timers)");
        }

        await _database.ExecuteAsync("update taskhub.timers set next_due = now() - interval '1 day'");
        await using var app = await StartAsync(typeof(Unmonitored));

        await _database.WaitUntilAsync("select next_due > now() and last_fired is null from taskhub.timers");
    }

    private Task<RunningApp> StartAsync(Type functions) =>
        RunningApp.StartAsync(
            functions,
            builder => builder.Services.AddSingleton(_firings),
            directory: null,
            ["--ConnectionStrings:Quorum", _database.ConnectionString, "--Yearly", "0 0 0 1 1 *", "--WEBSITE_TIME_ZONE", "America/New_York"]
        );

    private Task<TimerInfo> NextAsync() => _firings.All.Reader.ReadAsync().AsTask().WithinAsync();

    public sealed class Firings
    {
        public Channel<TimerInfo> All { get; } = Channel.CreateUnbounded<TimerInfo>();
    }

    public sealed class AtNewYear(Firings firings)
    {
        [Function("AtNewYear")]
        public void Run([TimerTrigger("%Yearly%", RunOnStartup = true)] TimerInfo timer) => firings.All.Writer.TryWrite(timer);
    }

    public sealed class EverySecond(Firings firings)
    {
        [Function("EverySecond")]
        public async Task Run([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
            await firings.All.Writer.WriteAsync(timer, cancellationToken);
    }

    public sealed class Unmonitored(Firings firings)
    {
        [Function("Unmonitored")]
        public void Run([TimerTrigger("%Yearly%", UseMonitor = false)] TimerInfo timer) => firings.All.Writer.TryWrite(timer);
    }
}
