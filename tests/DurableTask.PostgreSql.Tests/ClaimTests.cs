using DurableTask.Core;
using Quorum.HubKills.Relay;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Claims that PostgreSQL rejects. The clock stands still until it is moved, and there is no sweep.</summary>
public sealed class ClaimTests : IAsyncLifetime
{
    // Of the lease and of held results.
    private const int TimersOfWorker = 2;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _hasRejected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _rejects = true;
    private TestDatabase _database = null!; // set by xunit before each test
    private PostgresRelay _relay = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (!request.Points.Contains("instances claimed") || !_rejects)
                {
                    return Fate.Pass;
                }

                _hasRejected.TrySetResult();
                return Fate.Reject;
            }
        );
    }

    public async Task DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_claim_that_fails_once_is_repeated_soon()
    {
        await StoreAsync("stored");
        await using var worker = await StartAsync();
        await RejectedAsync();
        _rejects = false;

        _time.Advance(TimeSpan.FromMilliseconds(250));

        await EndedAsync("stored");
    }

    [Fact]
    public async Task After_failures_in_which_leases_may_have_expired_instances_of_other_processes_are_taken_over_after_a_grace()
    {
        await StoreAsync("free");
        await StoreAsync("held");
        await _database.ExecuteAsync("update taskhub.instances set owner = 'expired' where instance_id = 'held'");
        await using var worker = await StartAsync();
        await RejectedAsync();
        _rejects = false;

        _time.SetUtcNow(_time.GetUtcNow() + Lease); // before the next attempt
        _time.Advance(TimeSpan.Zero);
        await EndedAsync("free");
        await _time.WhenArmedAsync(TimersOfWorker + 1); // the end of the grace is awaited
        Assert.Equal("expired", await _database.QueryAsync<string>("select owner from taskhub.instances where instance_id = 'held'"));

        _time.Advance(Lease / 5);
        await EndedAsync("held");
    }

    private Task<Worker> StartAsync() =>
        Worker.StartAsync(
            _database,
            new() { ["done"] = (_, _) => Task.FromResult("1") },
            connectionString: _relay.ConnectionString,
            lease: Lease,
            commitDelay: TimeSpan.Zero,
            sweepPeriod: TimeSpan.FromMinutes(10),
            time: _time
        );

    private async Task StoreAsync(string instanceId)
    {
        await using var outside = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString }
        );
        await outside.CreateIfNotExistsAsync();
        await new TaskHubClient(outside).CreateOrchestrationInstanceAsync("done", "", instanceId, "");
    }

    private async Task RejectedAsync()
    {
        await _hasRejected.Task.WithinAsync();
        await _time.WhenArmedAsync(TimersOfWorker + 2); // the check that the listener asks for, and the next attempt
    }

    private Task EndedAsync(string instanceId) =>
        _database.WaitUntilAsync($"select completed_at is not null from taskhub.instances where instance_id = '{instanceId}'");
}
