using System.Diagnostics.CodeAnalysis;
using DurableTask.Core.History;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests.Store;

/// <summary>The rows of a turn are found by their ids. The index of the unfinished instances holds an entry of each instance that ended since
/// the last vacuum, so that a statement that uses it costs more with each of them.</summary>
public sealed class TurnPlanTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string WorkerId = "worker";

    private readonly TestDatabase _database = fixture.Database;

    [Theory]
    [InlineData("")]
    [InlineData("analyze taskhub.instances; analyze taskhub.inbox")]
    [InlineData("vacuum analyze taskhub.instances; vacuum analyze taskhub.inbox")]
    public async Task A_turn_finds_its_instances_by_their_ids_whatever_the_statistics_say(string maintenance)
    {
        var schema = "plans" + maintenance.Length;
        await using var hub = HubDatabase.Create(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString, Schema = schema }
        );
        var sql = new HubSql(schema);
        await new HubMigrator(hub, sql).MigrateAsync("plans", CancellationToken.None);
        await _database.ExecuteAsync(
            sql.Of(
                $"""
                alter table taskhub.instances set (autovacuum_enabled = false);
                insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, owner, incarnation)
                select 'i' || n, 0, 'a', 'Running', now(), now(), '{WorkerId}', 1 from generate_series(1, 5000) as n;
                update taskhub.instances set status = 'Completed', completed_at = now() where instance_id not in ('i1', 'i2', 'i3')
                """
            )
        );
        foreach (var statement in maintenance.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            await _database.ExecuteAsync(sql.Of(statement));
        }

        await using var connection = await hub.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var before = (await ScansAsync("instances_unfinished"), await ScansAsync("instances_pkey"));
        var turn = new Turn(messageTo: "i2");
        await new TurnStore(hub, sql, WorkerId).WriteAsync(connection, [turn], CancellationToken.None);

        Assert.Equal("i2", Assert.Single(turn.StoredMessages).InstanceId);
        Assert.Equal(before.Item1, await ScansAsync("instances_unfinished"));
        Assert.Equal(before.Item2 + 3, await ScansAsync("instances_pkey")); // held, updated, receiver of a message

        async Task<long> ScansAsync(string index)
        {
            await using var command = new NpgsqlCommand($"select pg_stat_get_xact_numscans('{schema}.{index}'::regclass)", connection);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private sealed class Turn : TurnCommit
    {
        [SetsRequiredMembers]
        public Turn(string messageTo)
        {
            (InstanceId, Incarnation, Fence) = ("i1", 1, 0);
            (HeldGeneration, Generation, Sequence) = (0, 0, 1);
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
