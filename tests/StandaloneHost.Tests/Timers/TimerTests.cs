using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Quorum.StandaloneHost.Timers;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.StandaloneHost.Tests.Timers;

/// <summary>The guarantees for a timer trigger.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TimerDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("0 */5 * * * *", "UTC", "2026-11-20T15:00:00Z", "2026-11-20T15:05:00Z")]
    [InlineData("30 9 * * MON-FRI", "UTC", "2026-11-20T15:00:00Z", "2026-11-23T09:30:00Z")]
    [InlineData("0 30 9 * * *", "America/New_York", "2026-11-20T15:00:00Z", "2026-11-21T14:30:00Z")]
    [InlineData("0 30 2 * * *", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T06:30:00Z")] // 02:30 does not exist on 8 March
    [InlineData("0 30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z")] // 01:30 comes twice on 1 November
    [InlineData("0 30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    public void The_next_occurrence_follows_the_expression_and_the_zone(string expression, string zone, string after, string expected)
    {
        var schedule = TimerSchedule.Parse(expression, TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(DateTimeOffset.Parse(expected), schedule.NextAfter(DateTimeOffset.Parse(after)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("0 99 * * * *")]
    [InlineData("every minute please")]
    public void What_is_no_expression_is_refused_by_name(string text)
    {
        var fault = Assert.Throws<FormatException>(() => TimerSchedule.Parse(text, TimeZoneInfo.Utc));

        Assert.Contains($"'{text}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_processes_one_fires_each_occurrence()
    {
        var clock = new ManualTimeProvider();
        var fired = new ConcurrentQueue<DateTimeOffset>();
        var signals = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var count = 0;
        Func<TimerFiring, Task> fire = firing =>
        {
            fired.Enqueue(firing.Next);
            signals[Interlocked.Increment(ref count) - 1].SetResult();
            return Task.CompletedTask;
        };
        await using var first = Run(clock, fire);
        await using var second = Run(clock, fire);

        for (var n = 0; n < 3; n++)
        {
            await _database.WaitUntilAsync("select exists (select from taskhub.timers)");
            await AdvanceUntilAsync(clock, signals[n].Task);
        }

        Assert.Equal(3, count);
        Assert.Equal(3, fired.Distinct().Count());
    }

    [Fact]
    public async Task A_missed_occurrence_fires_once_and_says_that_it_is_past_due()
    {
        var clock = new ManualTimeProvider();
        await new TimerStore(_database.DataSource).LoadAsync("Tick", EveryMinute, clock.GetUtcNow(), afresh: false, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(10));
        var firings = new ConcurrentQueue<TimerFiring>();
        var fired = new TaskCompletionSource();
        await using var process = Run(
            clock,
            firing =>
            {
                firings.Enqueue(firing);
                fired.TrySetResult();
                return Task.CompletedTask;
            }
        );

        await fired.Task.WithinAsync();

        var only = Assert.Single(firings);
        Assert.True(only.IsPastDue);
        Assert.Equal(clock.GetUtcNow() + Minute, only.Next);
    }

    [Fact]
    public async Task Another_process_takes_over_when_the_one_that_fires_loses_its_connection()
    {
        var clock = new ManualTimeProvider();
        var byFirst = new TaskCompletionSource();
        await using var first = Run(clock, _ => Task.FromResult(byFirst.TrySetResult()));
        await _database.WaitUntilAsync("select exists (select from taskhub.timers)");
        await AdvanceUntilAsync(clock, byFirst.Task);
        await first.DisposeAsync();

        var bySecond = new TaskCompletionSource();
        await using var second = Run(clock, _ => Task.FromResult(bySecond.TrySetResult()));
        await AdvanceUntilAsync(clock, bySecond.Task);
    }

    [Fact]
    public async Task A_failure_does_not_stop_the_next_occurrence()
    {
        var clock = new ManualTimeProvider();
        var count = 0;
        var twice = new TaskCompletionSource();
        await using var process = Run(
            clock,
            _ =>
            {
                if (Interlocked.Increment(ref count) == 2)
                {
                    twice.SetResult();
                }

                throw new InvalidOperationException("the first and the second");
            }
        );

        await AdvanceUntilAsync(clock, twice.Task);
    }

    [Fact]
    public async Task A_function_that_fails_all_the_time_says_so_once_a_minute_and_once_when_it_works_again()
    {
        const int Failures = 3;
        var clock = new ManualTimeProvider();
        using var logs = new FakeLoggerProvider();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var count = 0;
        await using var process = new Process(
            _database,
            clock,
            _ =>
            {
                if (Interlocked.Increment(ref count) <= Failures)
                {
                    throw new InvalidOperationException("the queue is away");
                }

                return Task.CompletedTask;
            },
            TimerSchedule.Parse("* * * * * *", TimeZoneInfo.Utc),
            logging.CreateLogger<TimerLeader>()
        );

        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (!logs.Collector.GetSnapshot().Any(entry => entry.Message.Contains("works again", StringComparison.Ordinal)))
        {
            clock.Advance(TimeSpan.FromMilliseconds(100)); // slowly: a minute must not pass between two firings, however busy the machine
            await _database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
        }

        Assert.Single(logs.Collector.GetSnapshot(), entry => entry.Level == LogLevel.Error);
        Assert.Single(
            logs.Collector.GetSnapshot(),
            entry => entry.Message.Contains($"after {Failures} failures", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task While_PostgreSQL_does_not_serve_the_timers_the_log_says_so_once_and_they_fire_afterwards()
    {
        var clock = new ManualTimeProvider();
        using var logs = new FakeLoggerProvider();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var fired = new TaskCompletionSource();
        await using var process = new Process(
            _database,
            clock,
            _ => Task.FromResult(fired.TrySetResult()),
            EveryMinute,
            logging.CreateLogger<TimerLeader>()
        );
        await _database.WaitUntilAsync("select exists (select from taskhub.timers)");
        await _database.ExecuteAsync("alter table taskhub.timers rename to timers_away");

        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        for (var rounds = 0; rounds < 10; rounds += CountOf("does not serve the timers"))
        {
            clock.Advance(Minute / 4);
            await _database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
        }

        Assert.False(fired.Task.IsCompleted);
        await _database.ExecuteAsync("alter table taskhub.timers_away rename to timers");
        await AdvanceUntilAsync(clock, fired.Task);

        Assert.Equal((1, 1), (CountOf("does not serve the timers"), CountOf("serves the timers again")));

        int CountOf(string text) => logs.Collector.GetSnapshot().Count(entry => entry.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_is_logged_and_the_timer_fires_once_it_can()
    {
        var clock = new ManualTimeProvider();
        using var logs = new FakeLoggerProvider();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var count = 0;
        var fired = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        await using var process = new Process(
            _database,
            clock,
            _ => Task.FromResult(Interlocked.Increment(ref count) is var times && times <= fired.Length && fired[times - 1].TrySetResult()),
            EveryMinute,
            logging.CreateLogger<TimerLeader>()
        );
        await _database.WaitUntilAsync("select exists (select from taskhub.timers)");
        await _database.ExecuteAsync("alter table taskhub.timers alter column last_fired type date");
        await AdvanceUntilAsync(clock, fired[0].Task);

        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (!logs.Collector.GetSnapshot().Any(entry => entry.Level == LogLevel.Error))
        {
            await _database.ExecuteAsync("select pg_sleep(0.02)", expired.Token);
        }

        await _database.ExecuteAsync("alter table taskhub.timers alter column last_fired type timestamptz");
        await AdvanceUntilAsync(clock, fired[1].Task);
    }

    private static TimerSchedule EveryMinute => TimerSchedule.Parse("0 * * * * *", TimeZoneInfo.Utc);

    // The processes are busy in PostgreSQL between two readings of the clock: let them read it before it moves on.
    private async Task AdvanceUntilAsync(ManualTimeProvider clock, Task signal)
    {
        while (!signal.IsCompleted)
        {
            clock.Advance(Minute / 4);
            await _database.ExecuteAsync("select pg_sleep(0.02)");
        }
    }

    private Process Run(ManualTimeProvider clock, Func<TimerFiring, Task> fire) => new(_database, clock, fire);

    /// <summary>One process that runs the timer, in this one.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly Npgsql.NpgsqlDataSource _source;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Process(
            TestDatabase database,
            ManualTimeProvider clock,
            Func<TimerFiring, Task> fire,
            TimerSchedule? schedule = null,
            ILogger<TimerLeader>? logger = null
        )
        {
            _source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
            var timer = new TimerDefinition(
                "Tick",
                schedule ?? EveryMinute,
                IsMonitored: true,
                RunOnStartup: false,
                (firing, _) => fire(firing)
            );
            _running = new TimerLeader(new TimerStore(_source), [timer], clock, logger ?? NullLogger<TimerLeader>.Instance).RunAsync(
                _stop.Token
            );
        }

        public async ValueTask DisposeAsync()
        {
            if (!_stop.IsCancellationRequested)
            {
                await _stop.CancelAsync();
                await _running;
                await _source.DisposeAsync();
            }
        }
    }
}
