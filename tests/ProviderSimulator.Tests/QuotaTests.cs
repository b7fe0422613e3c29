namespace Quorum.ProviderSimulator.Tests;

public sealed class QuotaTests
{
    private static readonly DateTimeOffset Start = SimulatorServer.Start;

    [Fact]
    public void A_sliding_window_never_holds_more_than_its_limit_wherever_it_is_laid()
    {
        var quota = new KeyQuota([new(QuotaSpan.Minute, 20, QuotaWindowKind.Sliding, QuotaUnit.Symbol)]);
        var random = new Random(12345);
        var admitted = new List<(DateTimeOffset At, int Cost)>();
        var now = Start;
        for (var call = 0; call < 5_000; call++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 3_000));
            var cost = random.Next(1, 6);
            var fits = admitted.Where(known => now - known.At < TimeSpan.FromMinutes(1)).Sum(known => known.Cost) + cost <= 20;
            var verdict = quota.Take(now, cost);
            Assert.Equal(fits, verdict.Refusal is null);
            if (fits)
            {
                admitted.Add((now, cost));
            }
        }
    }

    [Fact]
    public void A_refused_call_gets_the_time_at_which_it_fits_and_then_fits()
    {
        var quota = new KeyQuota([new(QuotaSpan.Minute, 3)]);
        for (var call = 0; call < 3; call++)
        {
            quota.Take(Start.AddSeconds(call * 10), 1);
        }

        var refusal = quota.Take(Start.AddSeconds(25), 1).Refusal;

        Assert.Equal(Start.AddSeconds(60), refusal?.Reset);
        Assert.Null(quota.Take(Start.AddSeconds(60), 1).Refusal);
    }

    [Fact]
    public void A_refused_call_uses_nothing_of_any_window()
    {
        var quota = new KeyQuota([new(QuotaSpan.Second, 1), new(QuotaSpan.Day, 2, QuotaWindowKind.Calendar)]);
        quota.Take(Start, 1);
        quota.Take(Start, 1);
        quota.Take(Start, 1);

        Assert.Null(quota.Take(Start.AddSeconds(1), 1).Refusal);
        Assert.Equal(QuotaSpan.Day, quota.Take(Start.AddSeconds(2), 1).Refusal?.Limit.Span);
    }

    [Fact]
    public void A_clock_set_back_does_not_lock_a_key_out()
    {
        var quota = new KeyQuota([new(QuotaSpan.Minute, 1)]);
        quota.Take(Start, 1);

        Assert.Null(quota.Take(Start.AddDays(-1), 1).Refusal);
    }

    [Fact]
    public void Many_callers_at_once_get_exactly_what_there_is()
    {
        var quota = new KeyQuota([new(QuotaSpan.Minute, 500)]);
        var admitted = 0;

        Parallel.For(
            0,
            2_000,
            _ =>
            {
                if (quota.Take(Start, 1).Refusal is null)
                {
                    Interlocked.Increment(ref admitted);
                }
            }
        );

        Assert.Equal(500, admitted);
    }

    [Fact]
    public async Task Keys_do_not_share_a_quota()
    {
        await using var server = await SimulatorServer.StartAsync();
        await server.OrderAsync("/keys", """{"provider":"massive","key":"another-key"}""");
        await server.OrderAsync("/quotas", """{"provider":"massive","limits":[{"span":"minute","limit":1}]}""");

        Assert.Equal(200, (await server.MassiveSnapshotAsync("AAPL")).Status);
        Assert.Equal(429, (await server.MassiveSnapshotAsync("AAPL")).Status);
        Assert.Equal(200, (await server.MassiveSnapshotAsync("AAPL", "another-key")).Status);
    }

    [Fact]
    public async Task Limits_change_and_come_back_while_it_runs()
    {
        await using var server = await SimulatorServer.StartAsync("--plans", "free");
        Assert.Equal(403, (await server.MassiveSnapshotAsync("AAPL")).Status);
        await server.OrderAsync("/quotas", """{"goodKeys":"paid"}""");
        Assert.Equal(200, (await server.MassiveSnapshotAsync("AAPL")).Status);

        await server.OrderAsync("/quotas", """{"provider":"*","limits":[{"span":"day","limit":1,"kind":"calendar"}]}""");
        await server.FinnhubAsync("AAPL");
        Assert.Equal(429, (await server.FinnhubAsync("AAPL")).Status);

        await server.OrderAsync("/quotas", """{"enforced":false}""");
        Assert.Equal(200, (await server.FinnhubAsync("AAPL")).Status);

        await server.OrderAsync("/quotas", """{"enforced":true}""");
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/admin/quotas")).Status);
        Assert.Equal("899", (await server.FinnhubAsync("AAPL")).Header("X-Ratelimit-Remaining"));
    }
}
