using DurableTask.Core;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Faults of the writer itself, which no error of PostgreSQL explains.</summary>
public sealed class TurnWriterTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    /// <summary>PostgreSQL answers with a hint that the writer cannot read: more often than there are writers.</summary>
    [Fact]
    public async Task An_unexpected_exception_ends_no_writer_and_the_instance_continues_from_what_is_stored()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["three"] = async (context, _) =>
                {
                    var sum = "";
                    for (var step = 1; step <= 3; step++)
                    {
                        sum += await context.ScheduleTask<string>("echo", "", step);
                    }

                    return $"\"{sum}{(await context.EventAsync("go")).Length}\"";
                },
            },
            new() { ["echo"] = input => Task.FromResult($"\"{input}\"") }
        );
        await _database.ExecuteAsync(
            """
            create sequence faults;
            alter function taskhub.hold_instances(text, text[], bigint[], bigint[], int[]) rename to hold_instances_as_usual;
            create function taskhub.hold_instances(worker text, ids text[], incarnations bigint[], fences bigint[], generations int[])
            returns void language plpgsql as
            $$
            begin
                if nextval('public.faults') <= 3 then
                    raise exception 'broken' using errcode = 'TH001', hint = 'not a number';
                end if;
                perform taskhub.hold_instances_as_usual(worker, ids, incarnations, fences, generations);
            end
            $$;
            """
        );

        var instance = await worker.StartAsync("three");
        await worker.RaiseAsync(instance.InstanceId, "go", "x");
        var ended = await worker.EndAsync(instance);

        Assert.Equal((OrchestrationStatus.Completed, "\"[1][2][3]3\""), (ended.OrchestrationStatus, ended.Output));
        Assert.True(await _database.QueryAsync<long>("select last_value from faults") > 3);
        Assert.Equal(
            1L,
            await _database.QueryAsync<long>(
                $"select count(*) from taskhub.history_events where instance_id = '{instance.InstanceId}' and type = 'ExecutionCompleted'"
            )
        );
    }
}
