using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Quotas;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Quotas;

/// <summary>Two processes, one database, and a provider that enforces its free plan.</summary>
public sealed class SharedQuotaTests
{
    private static ServiceProvider Process(TestDatabase database, RunningSimulator simulator)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Quorum"] = database.ConnectionString,
                    ["Providers:Finnhub:BaseAddress"] = $"{simulator.Address}finnhub/api/v1/",
                    ["Providers:Finnhub:ApiKey"] = "sim-free",
                    ["Providers:Finnhub:Plan"] = "free",
                }
            )
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddStorage(configuration)
            .AddSingleton<IQuotaLedger, SharedQuotas>()
            .AddProviders(configuration)
            .BuildServiceProvider();
    }

    [Fact]
    public async Task Together_they_never_make_the_provider_refuse_and_batches_leave_the_reserve()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await using var one = Process(database, simulator);
        await using var other = Process(database, simulator);
        await one.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        var fleets = new[] { one.GetRequiredService<ProviderFleet>(), other.GetRequiredService<ProviderFleet>() };
        var listing = fleets[0].SpellingFor(Symbol.Parse("AAPL"), ProviderId.Finnhub);

        // A batch and then callers who wait, in both: some hundred calls within the minute that has room for sixty.
        var batch = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => FetchAsync(i, CallPurpose.Batch)));
        var waiting = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => FetchAsync(i, CallPurpose.Interactive)));

        var outcomes = batch.Concat(waiting).GroupBy(outcome => outcome.Status).ToDictionary(group => group.Key, group => group.Count());
        Assert.DoesNotContain(FetchStatus.RateLimited, outcomes.Keys);
        Assert.InRange(outcomes[FetchStatus.Ok], 10, 60);
        Assert.InRange(batch.Count(outcome => outcome.Status == FetchStatus.Ok), 1, 42);
        Assert.Contains(waiting, outcome => outcome.Status == FetchStatus.Ok);
        Assert.All(
            batch.Concat(waiting).Where(outcome => outcome.Status == FetchStatus.QuotaExhausted),
            outcome => Assert.Equal((0, true), (outcome.Attempts, outcome.RetryAfterSeconds > 0))
        );

        Task<FetchOutcome> FetchAsync(int i, CallPurpose purpose) =>
            fleets[i % 2].FetchAsync(ProviderId.Finnhub, listing, DateTimeOffset.UtcNow.AddSeconds(5), purpose, CancellationToken.None);
    }
}
