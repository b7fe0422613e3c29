using System.Diagnostics.CodeAnalysis;
using DurableTask.Core.History;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests.Store;

/// <summary>
/// PostgreSQL plans the hub's statements while the hub is small, with the statistics of that time, and keeps the plans: a statement that would
/// then read a whole index costs more with each instance.
/// </summary>
public sealed class HubPlanTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string WorkerId = "worker";
    private const int Many = 5000;

    private readonly TestDatabase _database = fixture.Database;

    /// <summary>The knowledge of PostgreSQL when it plans: none, that the table is empty, or that it has three rows.</summary>
    public static TheoryData<string, string> Knowledge =>
        new()
        {
            { "", "" },
            { "analyze taskhub.instances", "" },
            { "vacuum analyze taskhub.instances", "" },
            { "", "analyze taskhub.instances" },
            { "", "vacuum analyze taskhub.instances" },
        };

    [Theory]
    [MemberData(nameof(Knowledge))]
    public async Task A_turn_reads_only_its_instances(string whenEmpty, string withThree)
    {
        await using var hub = await SmallHub.CreateAsync(_database, whenEmpty, withThree);
        var turns = new TurnStore(hub.DataSource, hub.Sql, WorkerId);
        var sequence = 0;

        var read = await hub.EntriesReadAsync(
            async connection =>
            {
                var turn = new Turn(++sequence, messageTo: "i2");
                await turns.WriteAsync(connection, [turn], CancellationToken.None);
                Assert.Equal("i2", Assert.Single(turn.StoredMessages).InstanceId);
            },
            $"{Instances("4", Many)}; update taskhub.instances set status = 'Completed', completed_at = now() where name = 'many'"
        );

        Assert.InRange(read, 3, 30); // i1 to hold and to change it, i2 for the message; some versions of each
    }

    [Theory]
    [MemberData(nameof(Knowledge))]
    public async Task A_claim_reads_no_instance_that_has_ended(string whenEmpty, string withThree)
    {
        await using var hub = await SmallHub.CreateAsync(_database, whenEmpty, withThree);

        var read = await hub.EntriesReadAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(hub.Sql.File("claim"), connection);
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = WorkerId });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 100 });
                command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = true });
                Assert.Null(await command.ExecuteScalarAsync());
            },
            Instances("4", Many, "now()")
        );

        Assert.InRange(read, 3, 30); // the three unfinished ones
    }

    private static string Instances(string first, int last, string completedAt = "null") =>
        $"""
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, owner, incarnation)
            select 'i' || n, 0, case when n > 3 then 'many' else 'few' end, 'Running', now(), now(), {completedAt}, '{WorkerId}', 1
              from generate_series({first}, {last}) as n
            """;

    /// <summary>A hub in a schema of its own, with three instances of a worker.</summary>
    private sealed class SmallHub : IAsyncDisposable
    {
        private readonly TestDatabase _database;
        private readonly string _schema = "hub" + Guid.NewGuid().ToString("n");

        private SmallHub(TestDatabase database)
        {
            _database = database;
            Sql = new HubSql(_schema);
            DataSource = HubDatabase.Create(
                new PostgresOrchestrationOptions { ConnectionString = database.ConnectionString, Schema = _schema }
            );
        }

        public NpgsqlDataSource DataSource { get; }

        public HubSql Sql { get; }

        public static async Task<SmallHub> CreateAsync(TestDatabase database, string whenEmpty, string withThree)
        {
            var hub = new SmallHub(database);
            await new HubMigrator(hub.DataSource, hub.Sql).MigrateAsync("plans", CancellationToken.None);
            await hub.RunAsync("alter table taskhub.instances set (autovacuum_enabled = false)");
            await hub.RunAsync($"insert into taskhub.workers values ('{WorkerId}', now(), now() + interval '1 hour')");
            await hub.RunAsync(whenEmpty);
            await hub.RunAsync(Instances("1", 3));
            await hub.RunAsync(withThree);
            return hub;
        }

        /// <summary>Runs statements in the small hub until they are prepared and planned, lets it grow, and returns how many entries of the
        /// indexes of the instances they read then.</summary>
        public async Task<long> EntriesReadAsync(Func<NpgsqlConnection, Task> run, string grow)
        {
            await using var connection = await DataSource.OpenConnectionAsync();
            for (var time = 1; time <= 3; time++)
            {
                await run(connection);
            }

            foreach (var statement in grow.Split(';'))
            {
                await RunAsync(statement);
            }

            await using var transaction = await connection.BeginTransactionAsync();
            var before = await EntriesAsync(connection);
            await run(connection);
            return await EntriesAsync(connection) - before;
        }

        public ValueTask DisposeAsync() => DataSource.DisposeAsync();

        private Task RunAsync(string statement) => statement.Length == 0 ? Task.CompletedTask : _database.ExecuteAsync(Sql.Of(statement));

        private async Task<long> EntriesAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand(
                "select sum(pg_stat_get_xact_tuples_returned(indexrelid))::bigint from pg_index where indrelid = $1::regclass",
                connection
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _schema + ".instances" });
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    /// <summary>A turn of <c>i1</c> that sends a message.</summary>
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

        public override void OnTakenOver() => throw new NotSupportedException();

        public override void OnLost() => throw new NotSupportedException();

        public override void OnStopped() => throw new NotSupportedException();

        public override void OnFailed(Exception exception) => throw new NotSupportedException();

        public override void OnUnknown(Exception exception) => throw new NotSupportedException();
    }
}
