using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.LocalServices.Postgres;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>A PostgreSQL that is unavailable, full, overloaded or read-only costs waiting only.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly FakeLoggerProvider _logs = new();
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    [InlineData(PostgresErrorCodes.OutOfMemory)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    [InlineData(PostgresErrorCodes.QueryCanceled)]
    [InlineData(PostgresErrorCodes.IoError)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    [InlineData(PostgresErrorCodes.LockNotAvailable)]
    public async Task A_turn_that_PostgreSQL_cannot_take_now_is_written_when_it_can_and_the_log_says_so_once(string sqlState)
    {
        await using (var worker = await TestWorker.StartAsync(_database.ConnectionString, Sum, configure: null, _logs))
        {
            await RefuseHistoryAsync(sqlState);

            var running = Enumerable.Range(0, 5).Select(_ => worker.RunAsync("Sum")).ToArray();
            await RefusedAgainAsync(3);
            await AcceptHistoryAsync();
            var ends = await Task.WhenAll(running).WithinAsync();

            Assert.All(ends, end => Assert.Equal((OrchestrationRuntimeStatus.Completed, 3), (end.RuntimeStatus, end.ReadOutputAs<int>())));
        } // its last line may follow the last end

        Assert.Equal(1, LogsWith("does not serve the task hub"));
        Assert.Equal(1, LogsWith("serves the task hub again"));
    }

    [Fact]
    public async Task A_turn_that_can_never_be_written_fails_its_instance_and_no_other()
    {
        await using var worker = await TestWorker.StartAsync(_database, Sum);
        await _database.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$
            begin
                raise exception 'never' using errcode = '22001';
            end $$;
            create trigger refuse before insert on taskhub.history for each row when (new.instance_id = 'bad') execute function refuse();
            """
        );

        var good = Enumerable.Range(0, 20).Select(_ => worker.RunAsync("Sum")).ToArray();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("bad")).WithinAsync()
        );

        Assert.Equal("22001", refusal.SqlState);
        Assert.All(await Task.WhenAll(good), end => Assert.Equal(3, end.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task A_start_whose_caller_has_left_is_not_made_when_PostgreSQL_is_back()
    {
        await using var worker = await TestWorker.StartAsync(_database, Sum, options => options.TurnWriters = 1);
        await RefuseHistoryAsync();
        using var patience = new CancellationTokenSource();
        var given = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("given-up"), patience.Token);
        var kept = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("kept"));
        await RefusedAgainAsync(1);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await RefusedAgainAsync(2); // the first may have been on its way when the caller left
        await AcceptHistoryAsync();
        await kept.WithinAsync();
        await worker.EndOfAsync("kept");

        Assert.Null(await worker.Client.GetInstanceAsync("given-up"));
    }

    [Fact]
    public async Task A_worker_that_stops_gives_up_its_lease_although_a_turn_cannot_be_written()
    {
        await using var worker = await TestWorker.StartAsync(_database, Sum);
        await RefuseHistoryAsync();
        var start = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum");
        await RefusedAgainAsync(1);

        await worker.StopAsync().WithinAsync();

        Assert.Equal(0L, await _database.QueryAsync<long>("select count(*) from taskhub.workers"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => start.WithinAsync()); // the hub is stopping
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_id_of_a_start_whose_caller_has_left_can_be_taken_at_once(int writers)
    {
        await using var worker = await TestWorker.StartAsync(_database, Sum, options => options.TurnWriters = writers);
        await RefuseHistoryAsync();
        using var patience = new CancellationTokenSource();
        var given = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("given-up"), patience.Token);
        await RefusedAgainAsync(1);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        using var secondPatience = new CancellationTokenSource();
        var second = worker.Client.ScheduleNewOrchestrationInstanceAsync(
            "Sum",
            new StartOrchestrationOptions("given-up"),
            secondPatience.Token
        );
        await secondPatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var third = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("given-up"));
        await RefusedAgainAsync(2);
        await AcceptHistoryAsync();

        Assert.Equal("given-up", await third.WithinAsync());
        Assert.Equal(3, (await worker.EndOfAsync("given-up")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task The_id_of_a_start_that_waits_for_PostgreSQL_is_taken()
    {
        await using var worker = await TestWorker.StartAsync(_database, Sum);
        await RefuseHistoryAsync();
        var first = worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("one"));
        await RefusedAgainAsync(1);

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", new StartOrchestrationOptions("one")).WithinAsync()
        );
        await AcceptHistoryAsync();

        Assert.Equal("one", await first.WithinAsync());
        Assert.Equal(3, (await worker.EndOfAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Starts_wait_for_PostgreSQL_up_to_the_maximum_and_the_next_fails_at_once()
    {
        await using var worker = await TestWorker.StartAsync(
            _database,
            Sum,
            options =>
            {
                options.MaxWaitingStarts = 3;
                options.TurnWriters = 1;
            }
        );
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("lock table taskhub.history in access exclusive mode", connection, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        var waiting = new List<Task<string>> { worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum") };
        await _database.WaitUntilAsync(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'task hub%' and datname = current_database())"
        );
        for (var n = 0; n < 3; n++)
        {
            waiting.Add(worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum"));
        }

        await Assert.ThrowsAsync<TaskHubBusyException>(() => worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum"));
        await transaction.RollbackAsync();
        Assert.Equal(4, (await Task.WhenAll(waiting).WithinAsync()).Length);
    }

    [Fact]
    public async Task Who_waits_for_an_end_waits_on_while_PostgreSQL_is_away()
    {
        await using var owner = await TestWorker.StartAsync(
            _database,
            tasks => tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );
        await using var other = await TestWorker.StartAsync(
            _database,
            tasks => tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );
        var id = await owner.Client.ScheduleNewOrchestrationInstanceAsync("Wait", CancellationToken.None);

        var end = other.EndOfAsync(id);
        for (var n = 0; n < 20; n++)
        {
            await _database.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'task hub%' and datname = current_database()"
            );
            await _database.ExecuteAsync("select pg_sleep(0.02)");
        }

        Assert.False(end.IsCompleted);
        while (!end.IsCompleted)
        {
            try
            {
                await other.Client.RaiseEventAsync(id, "go", "on");
                break;
            }
            catch (NpgsqlException)
            {
                // its connection was one of those
            }
        }

        Assert.Equal("on", (await end.WithinAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Restarts_of_PostgreSQL_under_load_lose_nothing_that_was_acknowledged_and_repeat_no_progress()
    {
        using var folder = new TemporaryFolder();
        var options = new LocalPostgresOptions { DataDirectory = folder["data"] };
        var server = await LocalPostgres.StartAsync(options);
        options = options with { Port = server.Port };
        await using var first = await TestWorker.StartAsync(server.ConnectionString, Sum, configure: null, _logs);
        await using var second = await TestWorker.StartAsync(server.ConnectionString, Sum, configure: null, logs: null);
        using var stop = new CancellationTokenSource();
        using var acknowledgements = new SemaphoreSlim(0);
        var acknowledged = new ConcurrentBag<string>();
        var load = new[] { first, second }.SelectMany(worker => Enumerable.Range(0, 8).Select(_ => LoadAsync(worker))).ToArray();

        for (var restart = 0; restart < 4; restart++)
        {
            for (var n = 0; n < 100; n++)
            {
                Assert.True(
                    await acknowledgements.WaitAsync(SignalTasks.Deadline),
                    $"no start was acknowledged: {string.Join("; ", load.Select(one => one.Exception?.ToString() ?? one.Status.ToString()).Distinct())}"
                );
            }

            if (restart % 2 == 0)
            {
                using var process = System.Diagnostics.Process.GetProcessById(server.ProcessId);
                process.Kill();
                await server.Exited.WithinAsync();
            }

            await server.DisposeAsync();
            server = await LocalPostgres.StartAsync(options);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load).WithinAsync();
        await using (server)
        await using (var database = NpgsqlDataSource.Create(server.ConnectionString))
        {
            var ends = await Task.WhenAll(acknowledged.Select(first.EndOfAsync)).WithinAsync();
            Assert.All(ends, end => Assert.Equal((OrchestrationRuntimeStatus.Completed, 3), (end.RuntimeStatus, end.ReadOutputAs<int>())));
            await using var command = database.CreateCommand(
                """
                select coalesce(string_agg(wrong.events, E'\\n'), '') from (
                    select string_agg(instance_id || ' ' || sequence || ' ' || event::text, E'\\n' order by sequence) as events
                      from taskhub.history_events group by instance_id
                    having count(*) filter (where type = 'TaskScheduled') <> 3 or count(*) filter (where type = 'TaskCompleted') <> 3
                        or count(*) filter (where type = 'ExecutionCompleted') <> 1) as wrong
                """
            );
            Assert.Equal("", await command.ExecuteScalarAsync());
        }

        async Task LoadAsync(TestWorker worker)
        {
            while (!stop.IsCancellationRequested)
            {
                acknowledged.Add(await worker.Client.ScheduleNewOrchestrationInstanceAsync("Sum", CancellationToken.None));
                acknowledgements.Release();
            }
        }
    }

    private Task RefuseHistoryAsync(string sqlState = PostgresErrorCodes.DiskFull) =>
        _database.ExecuteAsync(
            $"""
            create sequence refusals;
            create function refuse() returns trigger language plpgsql as $$
            begin
                perform nextval('refusals');
                raise exception 'not now' using errcode = '{sqlState}';
            end $$;
            create trigger refuse before insert on taskhub.history for each statement execute function refuse();
            """
        );

    /// <summary>Waits for this many refusals from now on.</summary>
    private async Task RefusedAgainAsync(int times)
    {
        const string Refusals = "select case when is_called then last_value else 0 end from refusals";
        var before = await _database.QueryAsync<long>(Refusals);
        await _database.WaitUntilAsync($"select ({Refusals}) >= {before + times}");
    }

    private Task AcceptHistoryAsync() => _database.ExecuteAsync("drop trigger refuse on taskhub.history");

    private int LogsWith(string text) =>
        _logs.Collector.GetSnapshot().Count(entry => entry.Message.Contains(text, StringComparison.Ordinal));

    private static void Sum(TaskRegistry tasks)
    {
        tasks.Orchestrator(
            "Sum",
            async context =>
                await context.CallActivityAsync<int>("Echo", 1)
                + (await Task.WhenAll(context.CallActivityAsync<int>("Echo", 1), context.CallActivityAsync<int>("Echo", 1))).Sum()
        );
        tasks.Activity<int, int>("Echo", n => n);
    }
}
