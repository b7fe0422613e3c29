using System.Diagnostics.CodeAnalysis;
using DurableTask.Core.History;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests.Store;

/// <summary>The rows of a turn are found by their ids, whatever PostgreSQL knew of the tables when it planned the statements: a plan that reads
/// a whole index costs more with each instance.</summary>
public sealed class TurnPlanTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string WorkerId = "worker";

    private readonly TestDatabase _database = fixture.Database;

    /// <summary>PostgreSQL plans the statements while the hub is small, with the statistics of that time, and keeps the plans.</summary>
    [Theory]
    [InlineData("never", "")]
    [InlineData("empty", "analyze taskhub.instances")]
    [InlineData("vacuumed", "vacuum analyze taskhub.instances")]
    public Task A_turn_reads_as_much_of_a_large_hub_as_of_the_small_one_that_it_was_planned_for(string schema, string maintenance) =>
        AssertReadsAsync(schema, beforeFirst: maintenance, beforePlan: "");

    [Theory]
    [InlineData("few", "analyze taskhub.instances")]
    [InlineData("few_vacuumed", "vacuum analyze taskhub.instances")]
    public Task A_turn_reads_as_much_of_a_large_hub_as_of_one_with_a_few_instances(string schema, string maintenance) =>
        AssertReadsAsync(schema, beforeFirst: "", beforePlan: maintenance);

    private async Task AssertReadsAsync(string schema, string beforeFirst, string beforePlan)
    {
        await using var hub = HubDatabase.Create(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString, Schema = schema }
        );
        var sql = new HubSql(schema);
        await new HubMigrator(hub, sql).MigrateAsync("plans", CancellationToken.None);
        await RunAsync("alter table taskhub.instances set (autovacuum_enabled = false)");
        await RunAsync(beforeFirst);
        await RunAsync(Instances(1, 3));
        await RunAsync(beforePlan);
        await using var connection = await hub.OpenConnectionAsync();
        var store = new TurnStore(hub, sql, WorkerId);
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            await store.WriteAsync(connection, [new Turn(sequence, "i2")], CancellationToken.None); // planned, and from the second on prepared
        }

        await RunAsync(Instances(4, 5000));
        await RunAsync(
            "update taskhub.instances set status = 'Completed', completed_at = now() where instance_id not in ('i1', 'i2', 'i3')"
        );
        await using var transaction = await connection.BeginTransactionAsync();
        var before = await ReadAsync();
        var turn = new Turn(4, "i2");
        await store.WriteAsync(connection, [turn], CancellationToken.None);
        var after = await ReadAsync();

        Assert.Equal("i2", Assert.Single(turn.StoredMessages).InstanceId);
        Assert.InRange(after - before, 3, 30); // i1 to hold and to change it, i2 for the message; some versions of each

        async Task RunAsync(string statements)
        {
            foreach (var statement in statements.Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                await _database.ExecuteAsync(sql.Of(statement));
            }
        }

        async Task<long> ReadAsync()
        {
            await using var command = new NpgsqlCommand(
                "select sum(pg_stat_get_xact_tuples_returned(indexrelid))::bigint from pg_index where indrelid = $1::regclass",
                connection
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema + ".instances" });
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private static string Instances(int first, int last) =>
        $"""
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, owner, incarnation)
            select 'i' || n, 0, 'a', 'Running', now(), now(), '{WorkerId}', 1 from generate_series({first}, {last}) as n
            """;

    private sealed class Turn : TurnCommit
    {
        [SetsRequiredMembers]
        public Turn(int sequence, string messageTo)
        {
            (InstanceId, Incarnation, Fence) = ("i1", 1, 0);
            (HeldGeneration, Generation, Sequence) = (0, 0, sequence);
            Messages = [new OutgoingMessage(messageTo, null, new EventRaisedEvent(-1, "1") { Name = "go" })];
            Events = HistoryEventWriter.WriteAll([new EventRaisedEvent(-1, "1") { Name = "came" }]);
            Update = new InstanceUpdate
            {
                ExecutionId = "e",
                Status = "Running",
                UpdatedAt = DateTime.UtcNow,
            };
        }

        public override bool IsSettled => false;

        public override void OnCommitted() => throw new NotSupportedException();

        public override void OnLost() => throw new NotSupportedException();

        public override void OnStopped() => throw new NotSupportedException();

        public override void OnFailed(Exception exception) => throw new NotSupportedException();

        public override void OnUnknown(Exception exception) => throw new NotSupportedException();
    }
}
