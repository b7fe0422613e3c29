using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

/// <summary>Two processes that need the outcome of one call to a provider.</summary>
public sealed class ClaimedFetchesTests : IAsyncLifetime
{
    private readonly TaskCompletionSource<FetchOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestDatabase _database = null!; // set by xunit before each test
    private QuorumDatabase _pool = null!; // likewise
    private int _calls;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _pool = new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString }));
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task One_of_two_processes_makes_the_call_and_both_have_its_outcome()
    {
        var caller = Process().Take("one", ProviderId.All, Later);
        var first = caller.FetchAsync(ProviderId.Eodhd, CallAsync);
        await _database.WaitUntilAsync("select count(*) = 6 from quorum.fetch_claims");
        var second = Process().Take("one", [ProviderId.Eodhd], Later).FetchAsync(ProviderId.Eodhd, CallAsync);
        var outcome = new FetchOutcome
        {
            Provider = ProviderId.Eodhd,
            Status = FetchStatus.RateLimited,
            RetryAfterSeconds = 7,
            Attempts = 2,
            LatencyMs = 41.5,
            Detail = "Slow down.",
        };
        _answer.SetResult(outcome);

        Assert.Equal(outcome, await first.WithinAsync());
        Assert.Equal(outcome, await second.WithinAsync());
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task Each_orchestration_and_provider_has_a_call_of_its_own()
    {
        _answer.SetResult(new FetchOutcome { Provider = ProviderId.Eodhd, Status = FetchStatus.Ok });

        await Process().Take("one", [ProviderId.Eodhd], Later).FetchAsync(ProviderId.Eodhd, CallAsync);
        await Process().Take("one", [ProviderId.Alpaca], Later).FetchAsync(ProviderId.Alpaca, CallAsync);
        await Process().Take("two", [ProviderId.Eodhd], Later).FetchAsync(ProviderId.Eodhd, CallAsync);

        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task A_call_that_another_process_has_not_ended_by_the_deadline_is_timed_out()
    {
        await using var claims = new FetchClaims(_pool);
        await claims.TakeAsync("one", [ProviderId.Eodhd], CancellationToken.None);
        var time = new ManualTimeProvider();

        var outcome = await Process(time: time)
            .Take("one", [ProviderId.Eodhd], time.GetUtcNow().AddMilliseconds(1))
            .FetchAsync(ProviderId.Eodhd, CallAsync)
            .WithinAsync();

        Assert.Equal((FetchStatus.TimedOut, 0), (outcome.Status, _calls));
    }

    [Fact]
    public async Task Without_PostgreSQL_each_process_makes_the_call()
    {
        await using var unreachable = new QuorumDatabase(
            Options.Create(new StorageOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=x;Password=x;Database=x" })
        );
        _answer.SetResult(new FetchOutcome { Provider = ProviderId.Eodhd, Status = FetchStatus.Ok });

        var outcome = await Process(unreachable)
            .Take("one", [ProviderId.Eodhd], Later)
            .FetchAsync(ProviderId.Eodhd, CallAsync)
            .WithinAsync();

        Assert.Equal((FetchStatus.Ok, 1), (outcome.Status, _calls));
    }

    [Fact]
    public async Task A_caller_beyond_the_deadline_calls_without_a_claim()
    {
        _answer.SetResult(new FetchOutcome { Provider = ProviderId.Eodhd, Status = FetchStatus.Ok });

        await Process().Take("one", [ProviderId.Eodhd], DateTimeOffset.UtcNow.AddMinutes(-1)).FetchAsync(ProviderId.Eodhd, CallAsync);

        Assert.Equal((1, 0L), (_calls, await _database.QueryAsync<long>("select count(*) from quorum.fetch_claims")));
    }

    private static DateTimeOffset Later => DateTimeOffset.UtcNow.AddMinutes(1);

    private ClaimedFetches Process(QuorumDatabase? database = null, TimeProvider? time = null) =>
        new(
            new FetchClaims(database ?? _pool),
            new QuoteStorageLog(TimeProvider.System, NullLogger<QuoteStorageLog>.Instance),
            time ?? TimeProvider.System
        );

    private Task<FetchOutcome> CallAsync()
    {
        Interlocked.Increment(ref _calls);
        return _answer.Task;
    }
}
