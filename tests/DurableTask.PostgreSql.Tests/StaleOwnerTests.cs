using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.HubKills;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Real worker processes that are suspended for longer than their lease while another process takes their instance over. The
/// instance awaits an activity when its owner is suspended, so that the owner has a turn to write as soon as it continues.</summary>
public sealed class StaleOwnerTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private TestDatabase _database = null!; // set by xunit before each test
    private PostgresOrchestrationService _service = null!;
    private TaskHubClient _client = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = new PostgresOrchestrationService(new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString });
        await _service.CreateIfNotExistsAsync();
        await WorkerProcess.PrepareAsync(_database.DataSource);
        _client = new TaskHubClient(_service);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _database.DisposeAsync();
    }

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stale_owner_writes_nothing_after_the_instance_continued_as_new_elsewhere(bool killSuccessor)
    {
        var instance = await CollectAsync();
        await using var stale = await OwnerAsync();
        await AddAsync("a");
        await RunsAsync("a");
        await stale.SuspendAsync();
        var successor = await SuccessorAsync();
        await AddAsync("b");
        await RunsAsync("ab");
        await AddAsync("c");
        await RunsAsync("abc");

        await stale.ContinueAsync();
        await RejoinedAsync();
        if (killSuccessor)
        {
            await successor.KillAsync();
        }

        await AddAsync("d");
        await RunsAsync("abcd");
        await AddAsync("end");
        var ended = await _client.WaitForOrchestrationAsync(instance, SignalTasks.Deadline);

        Assert.Equal((OrchestrationStatus.Completed, "\"abcd\""), (ended.OrchestrationStatus, ended.Output));
        Assert.Equal(4, await _database.QueryAsync<int>("select generation from taskhub.instances"));
        Assert.Equal(1L, await _database.QueryAsync<long>("select count(*) from taskhub.history where events like '%ExecutionCompleted%'"));
        await successor.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_owner_that_was_cut_off_from_PostgreSQL_for_longer_than_its_lease_writes_nothing(bool killSuccessor)
    {
        await using var connections = new CutConnections(_database.ConnectionString);
        var instance = await CollectAsync();
        await using var stale = await OwnerAsync(connections.ConnectionString);
        await AddAsync("a");
        await RunsAsync("a");
        connections.Cut();
        var successor = await SuccessorAsync();
        await AddAsync("b");
        await RunsAsync("ab");

        connections.Restore();
        await RejoinedAsync();
        if (killSuccessor)
        {
            await successor.KillAsync();
        }

        await AddAsync("c");
        await RunsAsync("abc");
        await AddAsync("end");
        var ended = await _client.WaitForOrchestrationAsync(instance, SignalTasks.Deadline);

        Assert.Equal((OrchestrationStatus.Completed, "\"abc\""), (ended.OrchestrationStatus, ended.Output));
        Assert.Equal(3, await _database.QueryAsync<int>("select generation from taskhub.instances"));
        Assert.Equal(1L, await _database.QueryAsync<long>("select count(*) from taskhub.history where events like '%ExecutionCompleted%'"));
        await successor.DisposeAsync();
    }

    [UnixFact]
    public async Task A_stale_owner_writes_nothing_after_the_instance_was_purged()
    {
        var instance = await CollectAsync();
        await using var stale = await OwnerAsync();
        await RunsAsync("");
        await stale.SuspendAsync();
        await using var successor = await SuccessorAsync();
        await AddAsync("end");
        await _client.WaitForOrchestrationAsync(instance, SignalTasks.Deadline);
        await _service.PurgeInstanceStateAsync(instance.InstanceId);

        await stale.ContinueAsync();
        await RejoinedAsync();
        await ProbeAsync(); // the stale owner's activity has ended by then, and its turn was rejected

        Assert.Equal(
            0L,
            await _database.QueryAsync<long>(
                """
                select (select count(*) from taskhub.instances where instance_id = 'attacked') + (select count(*) from taskhub.history where instance_id = 'attacked')
                     + (select count(*) from taskhub.inbox where instance_id = 'attacked')
                """
            )
        );
    }

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stale_owner_writes_nothing_into_a_new_incarnation_of_its_instance(bool killSuccessor)
    {
        var first = await CollectAsync();
        await using var stale = await OwnerAsync();
        await RunsAsync("");
        await stale.SuspendAsync();
        await using var successor = await SuccessorAsync();
        await _client.TerminateInstanceAsync(first);
        await _client.WaitForOrchestrationAsync(first, SignalTasks.Deadline);
        var second = await CollectAsync("x");
        await RunsAsync("x");

        await stale.ContinueAsync();
        await RejoinedAsync();
        if (killSuccessor)
        {
            await successor.KillAsync();
        }

        await AddAsync("y");
        await RunsAsync("xy");
        await AddAsync("end");
        var ended = await _client.WaitForOrchestrationAsync(second, SignalTasks.Deadline);

        Assert.Equal((OrchestrationStatus.Completed, "\"xy\""), (ended.OrchestrationStatus, ended.Output));
        Assert.IsType<ExecutionStartedEvent>((await _service.GetHistoryAsync("attacked", CancellationToken.None))[1]);
    }

    private Task<OrchestrationInstance> CollectAsync(string input = "") =>
        _client.CreateOrchestrationInstanceAsync("collect", "", "attacked", input);

    private Task AddAsync(string item) => _client.RaiseEventAsync(new OrchestrationInstance { InstanceId = "attacked" }, "add", item);

    private async Task<ChildProcess> OwnerAsync(string? connectionString = null)
    {
        var owner = await ChildProcess.StartAsync(connectionString ?? _database.ConnectionString, Lease);
        await _database.WaitUntilAsync("select owner is not null from taskhub.instances");
        return owner;
    }

    // The second process of the hub; it takes the instance over when the lease of the suspended one has expired.
    private async Task<ChildProcess> SuccessorAsync()
    {
        var owner = await _database.QueryAsync<string>("select owner from taskhub.instances");
        var successor = await ChildProcess.StartAsync(_database.ConnectionString, Lease);
        await _database.WaitUntilAsync($"select owner <> '{owner}' from taskhub.instances");
        return successor;
    }

    private Task RejoinedAsync() => _database.WaitUntilAsync("select count(*) = 2 from taskhub.workers where lease_until > now()");

    private Task RunsAsync(string state) =>
        _database.WaitUntilAsync(
            $"select exists (select from public.runs where instance_id = 'attacked' and step = '{state}') and exists (select from taskhub.instances where input = '\"{state}\"')"
        );

    private async Task ProbeAsync()
    {
        var probe = await _client.CreateOrchestrationInstanceAsync("chain", "", 10);
        await _client.WaitForOrchestrationAsync(probe, SignalTasks.Deadline);
    }
}

/// <summary>A fact that needs the signals of Unix.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Needs SIGSTOP." : null!;
}

/// <summary>A theory that needs the signals of Unix.</summary>
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "Needs SIGSTOP." : null!;
}
