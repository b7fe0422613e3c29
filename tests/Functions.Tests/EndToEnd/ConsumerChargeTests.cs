using System.Net;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using static Quorum.Functions.Tests.EndToEnd.ConsumerRequests;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The provider calls that consumers are charged for: those that are made.</summary>
public sealed class ConsumerChargeTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_batch_that_cannot_be_stored_is_not_charged()
    {
        await using var app = await StartWithKeysAsync(_database, fixture);
        var key = await CreateAsync(app, """{"name":"desk","perDay":6}""", Master);
        await _database.ExecuteAsync(
            """
            create function quorum.reject() returns trigger language plpgsql as
            $$ begin raise exception 'rejected by a test' using errcode = 'object_not_in_prerequisite_state'; end $$;
            create trigger rejecting before insert on quorum.batches execute function quorum.reject();
            """
        );

        var failed = await BatchAsync(app, key);
        await _database.ExecuteAsync("drop trigger rejecting on quorum.batches");
        var repeated = await BatchAsync(app, key);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.Accepted), (failed.Status, repeated.Status));
        Assert.Equal(6, await CountProviderCallsAsync(app, key));
    }

    [Fact]
    public async Task A_batch_posted_twice_at_the_same_moment_is_charged_once()
    {
        await using var app = await StartWithKeysAsync(_database, fixture, "Quorum:Consumers:RefreshInterval=00:00:00.1");
        var key = await CreateAsync(app, """{"name":"desk"}""", Master);
        const string Body = """{"batchId":"posted-twice","symbols":["AAPL"]}""";
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table quorum.batches in share mode", connection, transaction);
        await command.ExecuteNonQueryAsync();

        var posted = Task.WhenAll(BatchAsync(app, key, Body), BatchAsync(app, key, Body));
        await _database.WaitUntilAsync("select exists (select from quorum.consumer_usage where provider_calls = 12)"); // neither is stored
        await transaction.CommitAsync();

        Assert.All(await posted.WithinAsync(), answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.Equal(6, await CountProviderCallsAsync(app, key));
        await _database.WaitUntilAsync("select exists (select from quorum.consumer_usage where provider_calls = 6)");
    }

    [Fact]
    public async Task Of_two_identical_requests_that_both_found_no_flight_the_one_that_begins_it_is_charged()
    {
        var services = fixture.App.Services;
        var (limits, aggregation) = (services.GetRequiredService<ProviderCallLimits>(), services.GetRequiredService<QuoteAggregation>());
        var account = new ConsumerAccount("desk", consumer: null, unknownSymbolCalls: 120, TimeProvider.System);
        var (first, second) = (CallOf(account), CallOf(account));
        Assert.Null(limits.Take(first, out var takenFirst));
        Assert.Null(limits.Take(second, out var takenSecond));

        var flight = aggregation.Begin(first, whenLanded: null, out var firstJoined);
        limits.Settle(first, takenFirst, firstJoined);
        Assert.Same(flight, aggregation.Begin(second, whenLanded: null, out var secondJoined));
        limits.Settle(second, takenSecond, secondJoined);
        await Task.WhenAll(WaitAsync(first), WaitAsync(second)).WithinAsync();

        Assert.Equal((6, 6, 6), (takenFirst, takenSecond, account.Usage.ProviderCalls));

        Task WaitAsync(QuoteCall call) => aggregation.WaitAsync(flight, call, CancellationToken.None);
    }

    [Fact]
    public async Task A_request_whose_flight_ends_before_it_joins_is_charged_for_its_own()
    {
        var services = fixture.App.Services;
        var (limits, aggregation) = (services.GetRequiredService<ProviderCallLimits>(), services.GetRequiredService<QuoteAggregation>());
        var account = new ConsumerAccount("desk", consumer: null, unknownSymbolCalls: 120, TimeProvider.System);
        var (first, second) = (CallOf(account), CallOf(account));
        Assert.Null(limits.Take(first, out var takenFirst));
        var flight = aggregation.Begin(first, whenLanded: null, out var firstJoined);
        limits.Settle(first, takenFirst, firstJoined);
        Assert.Null(limits.Take(second, out var takenSecond));
        Assert.NotNull(await aggregation.WaitAsync(flight, first, CancellationToken.None).WithinAsync());

        var another = aggregation.Begin(second, whenLanded: null, out var secondJoined);
        limits.Settle(second, takenSecond, secondJoined);
        await aggregation.WaitAsync(another, second, CancellationToken.None).WithinAsync();

        Assert.Equal((6, 0, 12), (takenFirst, takenSecond, account.Usage.ProviderCalls));
    }

    private static async Task<int> CountProviderCallsAsync(RunningApp app, string key) =>
        (int)(await app.GetAsync("usage", FunctionKey, ("x-quorum-key", key))).Json["items"]![0]!["providerCalls"]!; // One item: the caller.

    /// <summary>A request that shares its flight with those of no other test.</summary>
    private QuoteCall CallOf(ConsumerAccount account)
    {
        var services = fixture.App.Services;
        var request = new QuoteRequest
        {
            Symbol = Symbol.Parse("AAPL"),
            Budget = TimeSpan.FromMilliseconds(9_876),
            MaxAge = TimeSpan.Zero,
            Providers = ProviderSelection.All,
        };
        return new QuoteCall(
            request,
            new RequestClock(TimeProvider.System),
            services.GetRequiredService<DurableTaskClient>(),
            TraceId: new string('a', 32),
            new Caller(account, services.GetRequiredService<AppMetrics>()),
            new RequestRates()
        );
    }
}
