using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>A hub that several workers share: pushed results, memory, commits, roles and names.</summary>
public sealed class TaskHubTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_end_of_an_instance_in_another_worker_is_pushed()
    {
        static void Register(TaskRegistry tasks) => tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
        await using var owner = await TestWorker.StartAsync(_database, Register);
        await using var other = await TestWorker.StartAsync(_database, Register);
        var id = await owner.Client.ScheduleNewOrchestrationInstanceAsync("Wait");

        var end = other.EndOfAsync(id);
        await other.Client.RaiseEventAsync(id, "go", "from elsewhere");

        Assert.Equal("from elsewhere", (await end).ReadOutputAs<string>());
        Assert.Equal(0, other.Service.ResidentInstances);
    }

    [Fact]
    public async Task An_idle_instance_leaves_memory_and_an_event_brings_it_back()
    {
        await using var worker = await TestWorker.StartAsync(
            _database,
            tasks =>
                tasks.Orchestrator(
                    "Wait",
                    async context => await context.WaitForExternalEvent<string>("a") + await context.WaitForExternalEvent<string>("b")
                ),
            options => options.IdleTime = TimeSpan.FromMilliseconds(30)
        );
        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait");

        foreach (var name in (string[])["a", "b"])
        {
            await _database.WaitUntilAsync($"select owner is null from taskhub.instances where instance_id = '{id}'");
            await worker.Client.RaiseEventAsync(id, name, name);
        }

        Assert.Equal("ab", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Turns_that_are_due_together_share_a_commit()
    {
        await using var worker = await TestWorker.StartAsync(
            _database,
            tasks =>
            {
                tasks.Orchestrator(
                    "FanOut",
                    async context =>
                        (await Task.WhenAll(Enumerable.Range(0, 7).Select(n => context.CallActivityAsync<int>("Echo", n)))).Sum()
                );
                tasks.Activity<int, int>("Echo", n => n);
            }
        );

        var ids = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => worker.Client.ScheduleNewOrchestrationInstanceAsync("FanOut")));
        var ends = await Task.WhenAll(ids.Select(worker.EndOfAsync));

        Assert.All(ends, end => Assert.Equal(21, end.ReadOutputAs<int>()));
        var (turns, commits) = worker.Service.Written;
        Assert.True(commits < turns / 4, $"{turns} turns took {commits} commits");
    }

    [Fact]
    public async Task A_worker_that_went_silent_long_ago_and_owns_nothing_is_forgotten_at_the_next_start()
    {
        await (await TestWorker.StartAsync(_database, _ => { })).DisposeAsync(); // makes the schema
        await _database.ExecuteAsync(
            """
            insert into taskhub.workers (worker_id, started_at, lease_until)
            values ('long ago', now() - interval '1 day', now() - interval '2 hours'), ('just now', now() - interval '1 day', now() - interval '1 minute')
            """
        );

        await using var next = await TestWorker.StartAsync(_database, _ => { });

        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from taskhub.workers where worker_id = 'long ago'"));
        Assert.Equal(1, await _database.QueryAsync<long>("select count(*) from taskhub.workers where worker_id = 'just now'"));
    }

    [Fact]
    public async Task A_role_that_may_only_read_and_write_rows_is_enough_once_the_schema_stands()
    {
        var role = $"app_{Guid.NewGuid():N}";
        static void Register(TaskRegistry tasks) => tasks.Orchestrator("One", _ => Task.FromResult(1));
        await (await TestWorker.StartAsync(_database, Register)).DisposeAsync();
        await _database.ExecuteAsync(
            $"""
            create role {role} login password 'app';
            grant usage on schema taskhub to {role};
            grant select, insert, update, delete on all tables in schema taskhub to {role};
            """
        );
        try
        {
            var connectionString = new Npgsql.NpgsqlConnectionStringBuilder(_database.ConnectionString)
            {
                Username = role,
                Password = "app",
            }.ConnectionString;
            await using var worker = await TestWorker.StartAsync(connectionString, Register, configure: null, logs: null);

            Assert.Equal(1, (await worker.RunAsync("One")).ReadOutputAs<int>());
        }
        finally
        {
            await _database.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task A_hub_of_another_name_is_refused()
    {
        await using var worker = await TestWorker.StartAsync(_database, _ => { });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TestWorker.StartAsync(_database, _ => { }, options => options.HubName = "Another").WithinAsync()
        );

        Assert.Contains("'Tests'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'Another'", refusal.Message, StringComparison.Ordinal);
    }
}
