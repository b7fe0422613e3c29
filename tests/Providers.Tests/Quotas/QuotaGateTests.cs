using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public class QuotaGateTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1),
        Minute = TimeSpan.FromMinutes(1),
        Day = TimeSpan.FromDays(1);

    private readonly ManualTimeProvider _time;
    private readonly LocalQuotaLedger _ledger;

    public QuotaGateTests()
        : this(new ManualTimeProvider()) { }

    private protected QuotaGateTests(ManualTimeProvider time) => (_time, _ledger) = (time, new LocalQuotaLedger(time));

    private QuotaProcess Process(params IReadOnlyList<QuotaLimit> limits) => new(_ledger, _time, limits);

    private static QuotaLimit Per(TimeSpan length, int permits, int reserve = 0) => new(length, permits, reserve);

    [Fact]
    public async Task A_window_gives_its_limit_and_then_says_when_there_is_more()
    {
        var process = Process(Per(Minute, 8));
        Assert.Equal(8, await process.CallUntilRefusedAsync());

        var refusal = (await process.TakeAsync()).Refusal!.Value;

        Assert.Equal(FetchStatus.QuotaExhausted, refusal.Status);
        Assert.InRange(refusal.RetryAfterSeconds!.Value, 60, 60.6);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(8, await process.CallUntilRefusedAsync());
    }

    [Fact]
    public async Task Processes_share_a_window()
    {
        var (one, other) = (Process(Per(Minute, 100)), Process(Per(Minute, 100)));
        var calls = 0;
        for (var i = 0; i < 30; i++)
        {
            calls += (await one.CallAsync() ? 1 : 0) + (await other.CallAsync() ? 1 : 0);
        }

        calls += await one.CallUntilRefusedAsync() + await other.CallUntilRefusedAsync();

        // What the first still holds in advance when the second asks may be missing, a twentieth; never more than the limit.
        Assert.InRange(calls, 95, 100);
    }

    [Fact]
    public async Task A_process_that_is_killed_gives_back_nothing_until_its_bookings_run_out_and_another_loses_nothing_else()
    {
        var killed = Process(Per(Minute, 10));
        for (var i = 0; i < 4; i++)
        {
            await killed.TakeAsync();
        }

        killed.IsCutOff = true;

        var next = Process(Per(Minute, 10));

        Assert.Equal(6, await next.CallUntilRefusedAsync());
    }

    [Fact]
    public async Task A_permit_counts_until_its_call_has_ended_and_the_window_after()
    {
        var process = Process(Per(Second, 1));
        var call = await process.TakeAsync();

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(await process.CallAsync());

        call.Permit!.End();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(await process.CallAsync());
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.True(await process.CallAsync());
    }

    [Fact]
    public async Task A_call_that_was_not_made_gives_its_permit_back()
    {
        var process = Process(Per(Day, 1));
        (await process.TakeAsync()).Permit!.GiveBack();

        Assert.True(await process.CallAsync());
        Assert.False(await process.CallAsync());
    }

    [Fact]
    public async Task Batches_and_prefetch_leave_the_interactive_reserve_alone()
    {
        var process = Process(Per(Minute, 10, reserve: 3));
        var batch = await process.CallUntilRefusedAsync(CallPurpose.Batch);
        Assert.False(await process.CallAsync(CallPurpose.Prefetch));

        Assert.Equal((7, 3), (batch, await process.CallUntilRefusedAsync()));
    }

    [Fact]
    public async Task Interactive_calls_may_use_all_and_batches_then_nothing()
    {
        var process = Process(Per(Minute, 10, reserve: 3));
        Assert.Equal(10, await process.CallUntilRefusedAsync());
        Assert.False(await process.CallAsync(CallPurpose.Batch));
    }

    [Fact]
    public async Task The_tightest_window_decides()
    {
        var process = Process(Per(Second, 2), Per(Day, 5));

        var calls = 0;
        for (var i = 0; i < 10; i++)
        {
            calls += await process.CallUntilRefusedAsync();
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(5, calls);
        Assert.True((await process.TakeAsync()).Refusal!.Value.RetryAfterSeconds > 80_000);
    }

    [Fact]
    public async Task A_large_quota_is_leased_in_blocks_and_asked_for_rarely()
    {
        var process = Process(Per(Second, 100_000_000), Per(Minute, 100_000_000), Per(Day, 100_000_000));

        for (var i = 0; i < 100_000; i++)
        {
            (await process.Gate.TakeAsync(CallPurpose.Interactive, 1, _time.GetUtcNow(), CancellationToken.None)).Permit!.End();
        }

        Assert.Single(process.Exchanges);
    }

    [Fact]
    public async Task The_next_lease_is_fetched_before_the_last_one_ends()
    {
        var process = Process(Per(Minute, 1000));
        await process.CallAsync();
        _time.Advance(TimeSpan.FromSeconds(9));
        await process.CallAsync();
        var exchanges = process.Exchanges.Count;

        _time.Advance(TimeSpan.FromSeconds(0.9));
        await process.CallAsync();

        Assert.Equal((2, exchanges), (exchanges, process.Exchanges.Count));
    }

    [Fact]
    public async Task What_is_leased_and_not_used_is_given_back_when_the_lease_ends()
    {
        var (idle, busy) = (Process(Per(Day, 100)), Process(Per(Day, 100)));
        await idle.CallAsync();
        Assert.Equal(100 - 1 - 5, await busy.CallUntilRefusedAsync());

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(5, await busy.CallUntilRefusedAsync());
    }

    [Fact]
    public async Task A_process_that_stops_gives_back_what_it_holds()
    {
        var stopping = Process(Per(Day, 100));
        await stopping.CallAsync();
        await stopping.DisposeAsync();

        Assert.Equal(99, await Process(Per(Day, 100)).CallUntilRefusedAsync());
    }

    [Fact]
    public async Task Waiting_callers_get_their_permits_when_the_window_refills_in_the_order_of_arrival()
    {
        var process = Process(Per(Second, 1));
        await process.CallAsync();
        var first = process.Gate.TakeAsync(CallPurpose.Batch, 1, _time.GetUtcNow().AddSeconds(30), CancellationToken.None).AsTask();
        var second = process.Gate.TakeAsync(CallPurpose.Batch, 1, _time.GetUtcNow().AddSeconds(30), CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        (await first.WithinAsync()).Permit!.End();
        Assert.False(second.IsCompleted);
        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Null((await second.WithinAsync()).Refusal);
    }

    [Fact]
    public async Task A_permit_given_back_goes_to_the_call_that_waits()
    {
        var process = Process(Per(Second, 1));
        var first = await process.TakeAsync();
        var second = process.Gate.TakeAsync(CallPurpose.Interactive, 1, _time.GetUtcNow().AddSeconds(30), CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);

        first.Permit!.GiveBack();

        Assert.Null((await second.WithinAsync()).Refusal);
    }

    [Fact]
    public async Task A_call_of_many_permits_waits_until_there_are_as_many()
    {
        var process = Process(Per(Second, 4));
        await process.CallAsync();
        var many = process.Gate.TakeAsync(CallPurpose.Batch, 4, _time.GetUtcNow().AddSeconds(30), CancellationToken.None).AsTask();

        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Null((await many.WithinAsync()).Refusal);
    }

    [Fact]
    public async Task A_call_of_more_permits_than_the_quota_ever_has_is_refused_at_once()
    {
        var process = Process(Per(Minute, 8, reserve: 2));

        var verdict = await process.Gate.TakeAsync(CallPurpose.Batch, 7, _time.GetUtcNow().AddHours(1), CancellationToken.None);

        Assert.Equal(FetchStatus.QuotaExhausted, verdict.Refusal!.Value.Status);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_permit_and_does_not_delay_others()
    {
        var process = Process(Per(Second, 1));
        await process.CallAsync();
        using var giveUp = new CancellationTokenSource();
        var waiting = process.Gate.TakeAsync(CallPurpose.Interactive, 1, _time.GetUtcNow().AddSeconds(30), giveUp.Token).AsTask();
        await giveUp.CancelAsync();

        Assert.NotNull((await waiting.WithinAsync()).Refusal);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await process.CallAsync());
    }

    [Fact]
    public async Task While_the_ledger_is_away_calls_go_on_with_what_is_leased_and_then_stop_until_it_is_back()
    {
        var process = Process(Per(Minute, 100));
        await process.CallAsync();
        process.IsCutOff = true;

        var leased = await process.CallUntilRefusedAsync();
        var refusal = (await process.TakeAsync()).Refusal!.Value;
        process.IsCutOff = false;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.InRange(leased, 1, 5);
        Assert.Equal(FetchStatus.QuotaExhausted, refusal.Status);
        Assert.True(refusal.RetryAfterSeconds > 0);
        Assert.True(await process.CallAsync());
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_never_asked_for_again()
    {
        var process = Process(Per(Minute, 100));
        await process.CallAsync();
        process.LosesAnswers = true;
        await process.CallUntilRefusedAsync();
        process.LosesAnswers = false;
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(100, await process.CallUntilRefusedAsync());
        var settled = process.Exchanges.SelectMany(exchange => exchange.Settled).GroupBy(settlement => settlement.Booking);
        Assert.All(settled, booking => Assert.InRange(booking.Sum(settlement => settlement.Permits), 1, 100));
    }

    [Fact]
    public async Task A_provider_that_said_its_limit_is_used_up_is_left_alone_by_all_processes_until_its_window_ends()
    {
        var (told, other) = (Process(Per(Minute, 8)), Process(Per(Minute, 8)));
        told.Gate.Close(TimeSpan.FromSeconds(20), isForTheDay: false);

        Assert.Equal((FetchStatus.RateLimited, 20), await RefusalAsync(told));
        Assert.Equal((FetchStatus.RateLimited, 20), await RefusalAsync(other));
        Assert.NotNull((await other.Gate.ReadAsync(CancellationToken.None)).ClosedUntil);

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await told.CallAsync());
        Assert.True(await other.CallAsync());
    }

    [Fact]
    public async Task All_processes_leave_a_provider_alone_although_the_ledger_was_away_when_it_refused_a_call()
    {
        var (told, other) = (Process(Per(Minute, 8)), Process(Per(Minute, 8)));
        told.IsCutOff = true;
        told.Gate.Close(TimeSpan.FromSeconds(20), isForTheDay: false);
        Assert.Equal((FetchStatus.RateLimited, 20), await RefusalAsync(told));
        told.IsCutOff = false;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((FetchStatus.RateLimited, 15), await RefusalAsync(told));
        _time.Advance(TimeSpan.FromSeconds(5)); // the ledger works again: it was asked for nothing else before

        Assert.Equal((FetchStatus.RateLimited, 10), await RefusalAsync(other));
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(20.4)]
    [InlineData(21)]
    public async Task A_call_that_can_wait_is_made_when_the_provider_may_be_called_again(double milliseconds)
    {
        var process = Process();
        process.Gate.Close(TimeSpan.FromMilliseconds(milliseconds), isForTheDay: false);

        var waiting = process.Gate.TakeAsync(CallPurpose.Interactive, 1, _time.GetUtcNow().AddSeconds(1), CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        await _time.WhenArmedAsync();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _time.Advance(TimeSpan.FromMilliseconds(12));
        Assert.Null((await waiting.WithinAsync()).Refusal);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(2.7)]
    public async Task A_provider_may_be_called_again_between_two_readings_of_the_clock(double milliseconds)
    {
        var time = new MovingTime();
        await using var process = new QuotaProcess(_ledger, time);
        process.Gate.Close(TimeSpan.FromMilliseconds(0.2) + TimeSpan.FromMilliseconds(milliseconds), isForTheDay: false);
        time.Step = TimeSpan.FromMilliseconds(milliseconds);

        var verdict = await process.Gate.TakeAsync(CallPurpose.Interactive, 1, DateTimeOffset.MaxValue, CancellationToken.None);

        Assert.Null(verdict.Refusal);
    }

    [Fact]
    public async Task A_day_quota_that_the_provider_called_used_up_switches_it_off_until_the_reset_also_without_limits_of_ours()
    {
        var process = Process();
        process.Gate.Close(TimeSpan.FromHours(9), isForTheDay: true);

        Assert.Equal((FetchStatus.QuotaExhausted, 9 * 3600), await RefusalAsync(process));
        _time.Advance(TimeSpan.FromHours(9));
        Assert.True(await process.CallAsync());
    }

    [Fact]
    public async Task The_quota_left_is_reported_for_each_purpose_with_the_time_of_the_refill()
    {
        var process = Process(Per(Minute, 8, reserve: 2), Per(Day, 800, reserve: 240));
        await process.CallAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await process.CallAsync();
        _time.Advance(TimeSpan.FromSeconds(2));

        var quota = await process.Gate.ReadAsync(CancellationToken.None).AsTask().WithinAsync();

        Assert.Equal(
            [(Minute, 8, 2, 2), (Day, 800, 2, 240)],
            quota.Windows.Select(window => (window.Length, window.Limit, window.Used, window.InteractiveReserve))
        );
        Assert.Equal(
            (6, 4, 4),
            (quota.LeftFor(CallPurpose.Interactive), quota.LeftFor(CallPurpose.Batch), quota.LeftFor(CallPurpose.Prefetch))
        );
        Assert.InRange(quota.Windows[0].RefillsAt!.Value, _time.GetUtcNow().AddSeconds(55), _time.GetUtcNow().AddSeconds(60));
    }

    [Fact]
    public async Task Nothing_is_left_before_the_ledger_has_answered_once()
    {
        var process = Process(Per(Minute, 8));
        process.IsCutOff = true;

        Assert.Equal(0, (await process.Gate.ReadAsync(CancellationToken.None)).LeftFor(CallPurpose.Interactive));
        Assert.Null((await Process().Gate.ReadAsync(CancellationToken.None)).LeftFor(CallPurpose.Interactive));
    }

    [Fact]
    public async Task Takers_in_many_threads_never_get_more_than_the_limit()
    {
        var process = Process(Per(Day, 500));
        var granted = 0;

        await Parallel.ForAsync(
            0,
            2000,
            async (_, _) =>
            {
                var verdict = await process.Gate.TakeAsync(CallPurpose.Interactive, 1, _time.GetUtcNow(), CancellationToken.None);
                if (verdict.Permit is not { } permit)
                {
                    return;
                }

                Interlocked.Increment(ref granted);
                permit.End();
            }
        );

        granted += await process.CallUntilRefusedAsync();
        _time.Advance(TimeSpan.FromSeconds(11)); // What was leased and could not be taken comes back.
        Assert.Equal(500, granted + await process.CallUntilRefusedAsync());
    }

    /// <summary>A clock that moves with each reading.</summary>
    private sealed class MovingTime : TimeProvider
    {
        private long _now;

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += Step.Ticks;
    }

    private static async Task<(FetchStatus Status, double? RetryAfterSeconds)> RefusalAsync(QuotaProcess process)
    {
        var refusal = (await process.TakeAsync()).Refusal!.Value;
        return (refusal.Status, refusal.RetryAfterSeconds);
    }
}

/// <summary>The same with timers as the platform has them, which may fire a moment before they are due.</summary>
public sealed class QuotaGateWithEarlyTimersTests()
    : QuotaGateTests(new ManualTimeProvider { TimersAreEarlyBy = TimeSpan.FromMilliseconds(0.5) });
