using FsCheck;
using FsCheck.Fluent;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

/// <summary>
/// Properties that hold for any requests of several processes, any duration of calls, any delay before they reach the provider, and any
/// killed process.
/// </summary>
public sealed class QuotaProperties
{
    /// <param name="Process">Who acts.</param>
    /// <param name="Action">Kills, cuts off or loses at the highest values; else calls.</param>
    /// <param name="Pause">Before it, in milliseconds.</param>
    /// <param name="Purpose">For whom.</param>
    /// <param name="Permits">How many.</param>
    /// <param name="Takes">How long the call takes, in milliseconds.</param>
    /// <param name="Arrives">When in that time the provider counts it, in percent.</param>
    public sealed record Move(int Process, int Action, int Pause, CallPurpose Purpose, int Permits, int Takes, int Arrives);

    public sealed record Schedule(QuotaLimit[] Limits, Move[] Steps);

    private sealed record Arrival(DateTimeOffset At, int Permits, CallPurpose Purpose);

    private static Gen<QuotaLimit> Limit(TimeSpan length, int max) =>
        from permits in Gen.Choose(1, max)
        from reserve in Gen.Choose(0, permits / 2)
        select new QuotaLimit(length, permits, reserve);

    private static Gen<Schedule> Schedules =>
        from second in Limit(TimeSpan.FromSeconds(1), 30)
        from minute in Limit(TimeSpan.FromMinutes(1), 300)
        from day in Limit(TimeSpan.FromDays(1), 2000)
        from kinds in Gen.Choose(1, 7)
        from steps in Gen.ArrayOf(
            from process in Gen.Choose(0, 3)
            from action in Gen.Choose(0, 60)
            from pause in Gen.Frequency((8, Gen.Choose(0, 30)), (4, Gen.Choose(0, 800)), (1, Gen.Choose(0, 20_000)))
            from purpose in Gen.Elements(CallPurpose.Interactive, CallPurpose.Batch, CallPurpose.Prefetch)
            from permits in Gen.Frequency((6, Gen.Constant(1)), (1, Gen.Choose(1, 5)))
            from takes in Gen.Frequency((6, Gen.Choose(0, 200)), (1, Gen.Choose(0, 5000)))
            from arrives in Gen.Choose(0, 100)
            select new Move(process, action, pause, purpose, permits, takes, arrives),
            400
        )
        select new Schedule([.. new[] { second, minute, day }.Where((_, i) => (kinds & (1 << i)) != 0)], steps);

    [Fact]
    public void No_sliding_window_is_ever_exceeded_and_the_reserve_is_never_used_by_batches() =>
        Prop.ForAll(
                Schedules.ToArbitrary(),
                schedule =>
                {
#pragma warning disable VSTHRD002 // A property answers at once; the clock is simulated, and nothing waits.
                    var arrivals = RunAsync(schedule).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
                    return schedule.Limits.All(limit =>
                        Most(arrivals, limit.Length) <= limit.Permits
                        && Most([.. arrivals.Where(arrival => arrival.Purpose != CallPurpose.Interactive)], limit.Length)
                            <= limit.Permits - limit.InteractiveReserve
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public async Task The_provider_would_see_it_if_a_window_were_exceeded()
    {
        var step = new Move(0, 0, Pause: 0, CallPurpose.Interactive, Permits: 1, Takes: 10, Arrives: 50);
        var arrivals = await RunAsync(new Schedule([new QuotaLimit(TimeSpan.FromSeconds(1), 4, 0)], [.. Enumerable.Repeat(step, 9)]));

        Assert.Equal(4, Most(arrivals, TimeSpan.FromSeconds(1)));
    }

    /// <summary>The largest number of permits in any span.</summary>
    private static int Most(List<Arrival> arrivals, TimeSpan span)
    {
        arrivals = [.. arrivals.OrderBy(arrival => arrival.At)];
        int max = 0,
            inside = 0,
            first = 0;
        foreach (var arrival in arrivals)
        {
            inside += arrival.Permits;
            while (arrival.At - arrivals[first].At >= span)
            {
                inside -= arrivals[first++].Permits;
            }

            max = Math.Max(max, inside);
        }

        return max;
    }

    private static async Task<List<Arrival>> RunAsync(Schedule schedule)
    {
        var time = new ManualTimeProvider();
        var ledger = new LocalQuotaLedger(time);
        var processes = Enumerable.Range(0, 4).Select(_ => new QuotaProcess(ledger, time, schedule.Limits)).ToArray();
        List<Arrival> arrivals = [];
        var ends = new PriorityQueue<QuotaPermit, DateTimeOffset>();
        foreach (var step in schedule.Steps)
        {
            var until = time.GetUtcNow() + TimeSpan.FromMilliseconds(step.Pause);
            while (ends.TryPeek(out var permit, out var end) && end <= until)
            {
                ends.Dequeue();
                time.AdvanceTo(end);
                permit.End();
            }

            time.AdvanceTo(until);
            var process = processes[step.Process];
            if (step.Action >= 58)
            {
                process.IsCutOff = true; // Killed: what it holds is never given back, and what it sent arrives all the same.
                processes[step.Process] = new QuotaProcess(ledger, time, schedule.Limits);
            }
            else if (step.Action >= 56)
            {
                process.LosesAnswers = !process.LosesAnswers;
            }
            else if (step.Action >= 54)
            {
                process.IsCutOff = !process.IsCutOff;
            }
            else if (await process.TakeAsync(step.Purpose, step.Permits) is { Refusal: null, Permit: { } permit })
            {
                arrivals.Add(new Arrival(until + TimeSpan.FromMilliseconds(step.Takes * step.Arrives / 100.0), step.Permits, step.Purpose));
                if (step.Action == 53)
                {
                    continue; // Never ended: lost with its process, or given up without a word.
                }

                ends.Enqueue(permit, until + TimeSpan.FromMilliseconds(step.Takes));
            }
        }

        return arrivals;
    }
}
