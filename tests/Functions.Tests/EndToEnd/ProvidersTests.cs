using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class ProvidersTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Each_provider_is_listed_with_its_breaker_quota_latency_and_outcomes()
    {
        Assert.Equal(HttpStatusCode.OK, (await fixture.App.GetAsync("quotes/T0950?budget=10000")).Status);

        var answer = await fixture.App.GetAsync("providers");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var providers = answer.Json["items"]!.AsArray();
        Assert.Equal(
            ["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"],
            providers.Select(provider => provider!["id"]!.ToString())
        );
        Assert.All(
            providers,
            provider =>
            {
                Assert.True((bool)provider!["enabled"]!);
                Assert.Equal("closed", provider["breaker"]!["state"]!.ToString());
                Assert.True((long)provider["outcomes"]!["ok"]! >= 1);
                Assert.NotNull(provider["latency"]!["p50Ms"]);
                Assert.NotNull(provider["lastSuccess"]);
            }
        );
    }

    [Fact]
    public async Task The_last_minutes_of_a_provider_are_told_in_buckets()
    {
        Assert.Equal(HttpStatusCode.OK, (await fixture.App.GetAsync("quotes/T0951?budget=10000&maxAge=0")).Status);

        var answer = await fixture.App.GetAsync("providers/eodhd/timeline?minutes=180");

        Assert.Equal(("eodhd", "120", HttpStatusCode.OK), (answer.Value("id"), answer.Value("bucketSeconds"), answer.Status));
        var used = answer.Json["buckets"]!.AsArray().Where(bucket => (long)bucket!["calls"]! > 0).ToList();
        Assert.NotEmpty(used);
        Assert.All(
            used,
            bucket =>
            {
                Assert.Equal((long)bucket!["calls"]!, bucket["outcomes"]!.AsObject().Sum(outcome => (long)outcome.Value!));
                Assert.True((double)bucket["latencyP50Ms"]! <= (double)bucket["latencyP95Ms"]!);
            }
        );
        Assert.Empty(answer.Json["breakerChanges"]!.AsArray());
    }

    [Fact]
    public async Task The_quota_left_has_the_time_of_its_refill_and_is_the_same_in_every_process()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        string[] quotas = ["Providers:Finnhub:Quota:PerMinute=10", "Providers:Finnhub:Quota:PerDay=15"];
        await using var app = await RunningApp.StartAsync(database, simulator.Address, quotas);
        await using var other = await RunningApp.StartAsync(database, simulator.Address, quotas);
        var before = DateTimeOffset.UtcNow;
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync($"quotes/T000{i}?budget=10000")).Status);
        }

        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        foreach (var process in (RunningApp[])[app, other])
        {
            Dictionary<string, JsonNode> told;
            do
            {
                expired.Token.ThrowIfCancellationRequested(); // A reading may be a second old.
                told = (await process.GetAsync("providers")).Json["items"]!
                    .AsArray()
                    .ToDictionary(item => item!["id"]!.ToString(), item => item!["quota"]!, StringComparer.Ordinal);
            } while (process == other && (int)told["finnhub"]["windows"]![0]!["left"]! == 10);

            Assert.Null(told["finnhub"]["closedUntil"]);
            Assert.Equal(
                ["6 of 10 in 60 s, 3 reserved", "11 of 15 in 86400 s, 4 reserved"],
                told["finnhub"]["windows"]!.AsArray().Select(Tell)
            );
            var refills = told["finnhub"]["windows"]!
                .AsArray()
                .Select(window => DateTimeOffset.Parse(window!["refillsAt"]!.ToString(), CultureInfo.InvariantCulture));
            Assert.All(
                refills.Zip((TimeSpan[])[TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)]),
                refill => Assert.True(refill.First >= before + refill.Second)
            );
            Assert.All(told.Where(quota => quota.Key != "finnhub"), quota => Assert.Empty(quota.Value["windows"]!.AsArray()));
        }

        Assert.Equal(4, await simulator.AskedAsync("finnhub"));

        static string Tell(JsonNode? window) =>
            $"{window!["left"]} of {window["limit"]} in {window["seconds"]} s, {window["interactiveReserve"]} reserved";
    }

    [Fact]
    public async Task Quotes_of_a_simulator_are_marked_and_never_stand_in_for_real_ones()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using (
            var simulated = await RunningApp.StartAsync(
                database,
                simulator.Address,
                [.. ProviderId.All.Select(provider => $"Providers:{provider.SettingsName}:Simulated=true")]
            )
        )
        {
            var quote = await simulated.GetAsync("quotes/T0960?budget=10000");
            Assert.Equal("[\"simulated\"]", quote.Json["quality"]!["warnings"]!.ToJsonString());
            Assert.All(quote.Json["providers"]!.AsArray(), provider => Assert.True((bool)provider!["quote"]!["simulated"]!));
            Assert.All(
                (await simulated.GetAsync("providers")).Json["items"]!.AsArray(),
                provider => Assert.True((bool)provider!["simulated"]!)
            );
        }

        await simulator.FailAsync(new { kind = "status", status = 500 });
        await using var real = await RunningApp.StartAsync(database, simulator.Address);
        var failed = await real.GetAsync("quotes/T0960?budget=10000&maxAge=0");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);
        Assert.All(failed.Json["providers"]!.AsArray(), provider => Assert.Null(provider!["quote"]));
        Assert.All((await real.GetAsync("providers")).Json["items"]!.AsArray(), provider => Assert.False((bool)provider!["simulated"]!));
    }

    [Fact]
    public async Task A_refused_key_is_shown_with_its_time()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, "Providers:Finnhub:ApiKey=wrong");
        await app.GetAsync("quotes/T0961?budget=10000");

        var providers = (await app.GetAsync("providers")).Json["items"]!.AsArray();

        Assert.Equal("invalid-key", providers[0]!["lastRefusal"]!["outcome"]!.ToString());
        Assert.EndsWith("Z", providers[0]!["lastRefusal"]!["at"]!.ToString(), StringComparison.Ordinal);
        Assert.Null(providers[1]!["lastRefusal"]);
    }

    [Fact]
    public async Task Parameters_are_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.App.GetAsync("providers?id=eodhd")).Status);
}
