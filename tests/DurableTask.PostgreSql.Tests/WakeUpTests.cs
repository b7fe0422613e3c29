using DurableTask.Core;
using Quorum.HubKills.Relay;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Wake-ups that must be pushed. The sweep takes place once in ten minutes, so that it hides no lost one: a test then does not
/// end.</summary>
public sealed class WakeUpTests : IAsyncLifetime
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongLease = TimeSpan.FromMinutes(5);
    private TestDatabase _database = null!; // set by xunit before each test

    private static Dictionary<string, Func<OrchestrationContext, string, Task<string>>> Orchestrators =>
        new()
        {
            ["wait"] = (context, _) => context.EventAsync("go"),
            ["sleep"] = async (context, _) => await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(1), "\"awake\""),
        };

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_message_that_reached_a_former_owner_is_pushed_to_the_owner()
    {
        await using var former = await StartAsync();
        var instance = await former.StartAsync("wait");
        await using var owner = await TakeOverAsync(former);

        await former.RaiseAsync(instance.InstanceId, "go", "x");

        Assert.Equal(OrchestrationStatus.Completed, (await owner.EndAsync(instance)).OrchestrationStatus);
    }

    [Fact]
    public async Task A_message_to_an_instance_that_leaves_its_former_owner_while_it_is_stored_is_pushed_to_the_owner()
    {
        Action? whenStored = null;
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("message stored"))
                {
                    Interlocked.Exchange(ref whenStored, null)?.Invoke();
                }

                return Fate.Pass;
            }
        );
        await using var former = await StartAsync(relay.ConnectionString);
        var instance = await former.StartAsync("wait");
        await _database.WaitUntilAsync(
            "select exists (select from pg_stat_activity where datname = current_database() and query like 'listen%')"
        );
        var listener = await _database.QueryAsync<int>(
            "select pid from pg_stat_activity where datname = current_database() and query like 'listen%'"
        );
        await using var owner = await TakeOverAsync(former);
        whenStored = () =>
        {
            // Its listener begins anew, and so finds that the instance is another's.
            using var end = _database.DataSource.CreateCommand($"select pg_terminate_backend({listener})");
            end.ExecuteNonQuery();
            SpinWait.SpinUntil(() => former.Service.ResidentInstances == 0, SignalTasks.Deadline);
        };

        await former.RaiseAsync(instance.InstanceId, "go", "x");

        Assert.Equal(OrchestrationStatus.Completed, (await owner.EndAsync(instance)).OrchestrationStatus);
    }

    [Fact]
    public async Task An_instance_that_left_memory_by_a_commit_without_an_answer_wakes_for_its_timer()
    {
        var released = 0;
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request => IsRelease(request) && Interlocked.Increment(ref released) == 1 ? Fate.BreakAfter : Fate.Pass
        );
        await using var worker = await StartAsync(relay.ConnectionString, TimeSpan.FromMilliseconds(10));

        var ended = await worker.EndAsync(await worker.StartAsync("sleep"));

        Assert.Equal("\"awake\"", ended.Output);
        Assert.True(released > 0);
    }

    [Fact]
    public async Task An_instance_that_leaves_memory_while_its_inbox_is_read_wakes_for_the_message()
    {
        var time = new ManualTimeProvider();
        Action? whenRead = null;
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("inbox loaded"))
                {
                    Interlocked.Exchange(ref whenRead, null)?.Invoke();
                }

                return Fate.Pass;
            }
        );
        await using var worker = await StartAsync(relay.ConnectionString, time: time);
        var instance = await worker.StartAsync("wait");
        await using var outside = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString }
        );
        whenRead = () =>
            SpinWait.SpinUntil(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(10)); // until it has been idle for long enough
                    return worker.Service.ResidentInstances == 0;
                },
                SignalTasks.Deadline
            );

        await new TaskHubClient(outside).RaiseEventAsync(instance, "go", "x");

        await _database.WaitUntilAsync("select completed_at is not null from taskhub.instances");
    }

    [Fact]
    public async Task A_watcher_that_comes_while_the_end_is_written_is_notified_although_the_commit_notifies_of_something_else()
    {
        using var watched = new SemaphoreSlim(0);
        var isEnding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("instances claimed") && isEnding.Task.IsCompleted)
                {
                    watched.Release(); // a claim for the instance that does not exist: the watcher was announced before it
                }
                else if (request.Points.Contains("ended") && isEnding.TrySetResult())
                {
                    watched.Wait(SignalTasks.Deadline);
                }

                return Fate.Pass;
            }
        );
        var orchestrators = Orchestrators;
        orchestrators["send"] = async (context, _) =>
        {
            var payload = await context.EventAsync("go");
            context.SendEvent(new OrchestrationInstance { InstanceId = "missing" }, "any", payload);
            return "1";
        };
        await using var worker = await StartAsync(relay.ConnectionString, orchestrators: orchestrators);
        await using var listener = await _database.DataSource.OpenConnectionAsync();
        var announced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Notification += (_, notification) =>
        {
            if (notification.Payload == "c sender")
            {
                announced.TrySetResult();
            }
        };
        await using (var listen = new Npgsql.NpgsqlCommand("listen taskhub", listener))
        {
            await listen.ExecuteNonQueryAsync();
        }

        await worker.StartAsync("send", "sender");
        await worker.RaiseAsync("sender", "go", "x");
        await isEnding.Task.WithinAsync();
        await _database.ExecuteAsync("select pg_notify('taskhub', 'w sender'); select pg_notify('taskhub', 'm missing')");

        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (!announced.Task.IsCompleted)
        {
            await listener.WaitAsync(deadline.Token);
        }
    }

    [Fact]
    public async Task A_process_that_is_suspended_while_it_claims_keeps_the_instance_from_no_other()
    {
        await using var outside = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString }
        );
        await outside.CreateIfNotExistsAsync();
        var instance = await new TaskHubClient(outside).CreateOrchestrationInstanceAsync("wait", "", "");
        using var over = new ManualResetEventSlim();
        var isSuspended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("history loaded") && isSuspended.TrySetResult())
                {
                    over.Wait(SignalTasks.Deadline); // the row is locked
                }

                return Fate.Pass;
            }
        );
        await using var suspended = await StartAsync(relay.ConnectionString);
        try
        {
            await isSuspended.Task.WithinAsync();
            await using var other = await Worker.StartAsync(_database, Orchestrators); // its sweep finds the instance

            await _database.WaitUntilAsync($"select owner = '{other.Service.WorkerId}' from taskhub.instances");
            await other.RaiseAsync(instance.InstanceId, "go", "x");
            Assert.Equal(OrchestrationStatus.Completed, (await other.EndAsync(instance)).OrchestrationStatus);
        }
        finally
        {
            over.Set();
        }
    }

    [Theory]
    [InlineData("idle_in_transaction_session_timeout", "5s")]
    [InlineData("tcp_keepalives_idle", "5")]
    [InlineData("tcp_keepalives_interval", "2")]
    [InlineData("tcp_keepalives_count", "3")]
    public async Task A_session_of_the_hub_ends_soon_after_its_process_has_vanished(string setting, string value)
    {
        await using var service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString }
        );
        await using var command = service.DataSource.CreateCommand("show " + setting);

        Assert.Equal(value, await command.ExecuteScalarAsync());
    }

    // It adds no events.
    private static bool IsRelease(PostgresRequest request) =>
        request.Points.Contains("turn written")
        && request.Statements.Any(text => text.Contains("update taskhub.instances", StringComparison.Ordinal))
        && !request.Statements.Any(text => text.Contains("insert into taskhub.history", StringComparison.Ordinal));

    private Task<Worker> StartAsync(
        string? connectionString = null,
        TimeSpan? idleTime = null,
        TimeProvider? time = null,
        Dictionary<string, Func<OrchestrationContext, string, Task<string>>>? orchestrators = null
    ) =>
        Worker.StartAsync(
            _database,
            orchestrators ?? Orchestrators,
            connectionString: connectionString,
            lease: LongLease,
            idleTime: idleTime,
            commitDelay: TimeSpan.Zero,
            sweepPeriod: Never,
            time: time
        );

    // The former owner does not notice: its lease is renewed much later.
    private async Task<Worker> TakeOverAsync(Worker former)
    {
        await _database.ExecuteAsync(
            $"update taskhub.workers set lease_until = now() - interval '1 s' where worker_id = '{former.Service.WorkerId}'"
        );
        var owner = await StartAsync();
        await _database.WaitUntilAsync($"select bool_and(owner = '{owner.Service.WorkerId}') from taskhub.instances");
        return owner;
    }
}
