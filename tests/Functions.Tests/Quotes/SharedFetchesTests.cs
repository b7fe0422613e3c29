using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Providers.Tests;
using Quorum.Storage;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class SharedFetchesTests : IAsyncLifetime
{
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(3);

    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestDatabase _database = null!; // set by xunit before each test
    private QuorumDatabase _pool = null!; // likewise
    private HttpStandIn _alpaca = null!; // likewise
    private ServiceProvider _services = null!; // likewise
    private SharedFetches _shared = null!; // likewise

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var options = Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString });
        _pool = new QuorumDatabase(options);
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
        _alpaca = await HttpStandIn.StartAsync(async context =>
        {
            await _mayAnswer.Task;
            var quotes = context
                .Request.Query["symbols"]
                .ToString()
                .Split(',')
                .Select(symbol =>
                    $$$"""
                        "{{{symbol}}}":{"latestTrade":{"t":"2025-06-18T17:32:10Z","p":{{{symbol[1..]}}}}}
                        """
                );
            await HttpStandIn.WriteAsync(context, 200, "{" + string.Join(',', quotes) + "}");
        });
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Providers:Alpaca:BaseAddress", (string?)_alpaca.Address)])
            .Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddLogging()
            .AddSingleton(_pool)
            .AddSingleton<IOptions<StorageOptions>>(options)
            .AddSingleton<QuoteStore>()
            .AddProviders(configuration)
            .AddSingleton<SharedFetches>()
            .BuildServiceProvider();
        _shared = _services.GetRequiredService<SharedFetches>();
    }

    public async Task DisposeAsync()
    {
        _mayAnswer.TrySetResult();
        await _services.DisposeAsync();
        await _alpaca.DisposeAsync();
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_short_deadline_ends_the_wait_of_its_caller_alone_and_its_quote_is_stored_later()
    {
        var hurried = FetchAsync("T1", left: TimeSpan.FromMilliseconds(40));
        var patient = FetchAsync("T2", left: TimeSpan.FromSeconds(2));
        await _time.WhenArmedAsync(3); // both callers, and the request
        _time.Advance(BatchDelay);
        await _alpaca.ArrivalAsync();

        _time.Advance(TimeSpan.FromMilliseconds(40) - BatchDelay);
        var first = await hurried.WithinAsync();
        Assert.Equal((FetchStatus.TimedOut, 1, 40), (first.Status, first.Attempts, first.LatencyMs));
        Assert.False(patient.IsCompleted);
        _mayAnswer.SetResult();
        var second = await patient.WithinAsync();

        Assert.Equal((FetchStatus.Ok, 2m), (second.Status, second.Quote?.Price));
        Assert.Single(_alpaca.Requests);
        await _database.WaitUntilAsync("select exists (select from quorum.provider_quotes where symbol = 'T1')");
    }

    [Fact]
    public async Task A_deadline_that_has_passed_does_not_end_the_requests_of_others()
    {
        var late = FetchAsync("T1", left: TimeSpan.FromSeconds(-1));
        Task<FetchOutcome>[] others = [FetchAsync("T2", left: TimeSpan.FromSeconds(2)), FetchAsync("T3", left: TimeSpan.FromSeconds(2))];
        var outcome = await late.WithinAsync();
        Assert.Equal((FetchStatus.TimedOut, 0), (outcome.Status, outcome.Attempts));

        await _time.WhenArmedAsync(3);
        _time.Advance(BatchDelay);
        _mayAnswer.SetResult();

        Assert.All(await Task.WhenAll(others).WithinAsync(), other => Assert.Equal(FetchStatus.Ok, other.Status));
        Assert.DoesNotContain("T1", Assert.Single(_alpaca.Requests), StringComparison.Ordinal);
    }

    private Task<FetchOutcome> FetchAsync(string symbol, TimeSpan left)
    {
        var listing = _services.GetRequiredService<ProviderFleet>().SpellingFor(Symbol.Parse(symbol), ProviderId.Alpaca);
        Assert.NotNull(listing);
        return _shared.FetchAsync(listing, _time.GetUtcNow() + left, CancellationToken.None);
    }
}
