using DurableTask.Core;
using Quorum.HubKills.Relay;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Turns of a process that no longer holds their instance. Another process is represented by what its claim changes in the
/// row.</summary>
public sealed class FencingTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as most connection strings are: the details of errors are withheld
    public async Task A_turn_is_not_written_if_another_process_owns_the_row(bool includeErrorDetail)
    {
        var connectionString = new Npgsql.NpgsqlConnectionStringBuilder(_database.ConnectionString)
        {
            IncludeErrorDetail = includeErrorDetail,
        }.ConnectionString;
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["two"] = async (context, _) =>
                {
                    await context.ScheduleTask<string>("first", "", 1);
                    return await context.ScheduleTask<string>("second", "", 2);
                },
            },
            new()
            {
                ["first"] = _ =>
                {
                    called.SetResult();
                    return result.Task;
                },
                ["second"] = Task.FromResult,
            },
            connectionString: connectionString
        );
        var instance = await worker.StartAsync("two");
        await called.Task.WithinAsync(); // an activity runs once the turn that called it is written
        var rows = await RowsAsync(instance.InstanceId);

        await _database.ExecuteAsync(
            "insert into taskhub.workers values ('another', now(), now() + interval '1 hour') on conflict do nothing"
        ); // without a lease it is taken over
        await _database.ExecuteAsync(
            $"update taskhub.instances set owner = 'another', fence = fence + 1 where instance_id = '{instance.InstanceId}'"
        );
        var (turns, _) = worker.Service.Written;
        result.SetResult("\"late\"");
        await DroppedAsync(worker).WithinAsync();

        Assert.Equal(rows, await RowsAsync(instance.InstanceId));
        Assert.Equal(turns, worker.Service.Written.Turns);
    }

    /// <summary>The answer to the commit is lost, and another process takes the instance over before the commit is repeated.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task The_activities_of_a_turn_that_was_stored_begin_where_the_instance_is(bool isTakenOver, int calls)
    {
        var written = 0;
        using var isTaken = new ManualResetEventSlim();
        var isRepeated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (!request.Points.Contains("activities called"))
                {
                    return Fate.Pass;
                }

                if (Interlocked.Increment(ref written) == 1)
                {
                    return Fate.BreakAfter;
                }

                if (isRepeated.TrySetResult())
                {
                    isTaken.Wait(SignalTasks.Deadline);
                }

                return Fate.Pass;
            }
        );
        var called = 0;
        var receiverId = $"receiver-{isTakenOver}";
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["call"] = async (context, _) =>
                {
                    var payload = await context.EventAsync("go");
                    context.SendEvent(new OrchestrationInstance { InstanceId = receiverId }, "go", payload);
                    return await context.ScheduleTask<string>("count", "", payload);
                },
                ["receive"] = (context, _) => context.EventAsync("go"),
            },
            new() { ["count"] = _ => Task.FromResult($"\"{Interlocked.Increment(ref called)}\"") },
            lease: TimeSpan.FromMinutes(5),
            connectionString: relay.ConnectionString
        );
        var receiver = await worker.StartAsync("receive", receiverId);
        var instance = await worker.StartAsync("call");
        await worker.RaiseAsync(instance.InstanceId, "go", "x");
        await isRepeated.Task.WithinAsync();

        if (isTakenOver)
        {
            await _database.ExecuteAsync("insert into taskhub.workers values ('successor', now(), now() + interval '1 hour')");
            await _database.ExecuteAsync(
                $"update taskhub.instances set owner = 'successor', fence = fence + 1 where instance_id = '{instance.InstanceId}'"
            );
        }

        isTaken.Set();

        Assert.Equal(OrchestrationStatus.Completed, (await worker.EndAsync(receiver)).OrchestrationStatus);
        await DroppedAsync(worker).WithinAsync();
        Assert.Equal(calls, called);
    }

    private Task<long> RowsAsync(string instanceId) =>
        _database.QueryAsync<long>($"select count(*) from taskhub.history where instance_id = '{instanceId}'");

    private static async Task DroppedAsync(Worker worker)
    {
        while (worker.Service.ResidentInstances > 0)
        {
            await Task.Yield();
        }
    }
}
