using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

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

    [Fact]
    public async Task Results_that_keep_coming_are_written_within_the_delay_of_the_first()
    {
        var time = new ManualTimeProvider();
        var results = Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource<string>()).ToArray();
        using var seen = new SemaphoreSlim(0);
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["stream"] = async (context, _) =>
                {
                    foreach (var task in Enumerable.Range(0, 10).Select(i => context.ScheduleTask<string>("result", "", i)).ToArray())
                    {
                        await task;
                        seen.Release();
                    }

                    return "1";
                },
            },
            new() { ["result"] = input => results[int.Parse(input.Trim('[', ']'), CultureInfo.InvariantCulture)].Task },
            lease: TimeSpan.FromMinutes(5),
            resultDelay: TimeSpan.FromMilliseconds(250),
            commitDelay: TimeSpan.Zero,
            time: time
        );
        var instance = await worker.StartAsync("stream");

        foreach (var result in results[..9])
        {
            result.SetResult("\"x\"");
            await seen.WaitAsync().WithinAsync();
            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        await _database.WaitUntilAsync(
            $"select exists (select from taskhub.history where instance_id = '{instance.InstanceId}' and events like '%TaskCompleted%')"
        );
        results[9].SetResult("\"x\"");
        await worker.EndAsync(instance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delayed_turns_beyond_one_commit_are_written_although_no_other_turn_follows(bool isStopping)
    {
        await using var service = await HubAsync();
        var writer = WriterOf(
            service,
            new PostgresOrchestrationOptions
            {
                ConnectionString = _database.ConnectionString,
                TurnWriters = 1,
                MaxTurnsPerCommit = 2,
                CommitDelay = TimeSpan.FromMilliseconds(1),
            }
        );
        Start[] turns = [.. Enumerable.Range(0, 6).Select(_ => new Start { MayWait = true })];
        foreach (var turn in turns)
        {
            writer.ExpectStart();
            writer.Submit(turn); // all before the first wake-up, since nothing is read yet
        }

        if (isStopping)
        {
            writer.Complete();
        }

        var running = writer.RunAsync(CancellationToken.None);
        await Task.WhenAll(turns.Select(turn => turn.Settled)).WithinAsync();
        writer.Complete();
        await running.WithinAsync();

        Assert.Equal((6, 3), writer.Written);
    }

    [Fact]
    public async Task A_start_waits_for_others_to_share_its_commit_but_only_while_turns_are_being_written()
    {
        await using var service = await HubAsync();
        var time = new ManualTimeProvider();
        var delay = TimeSpan.FromMilliseconds(5);
        var writer = WriterOf(
            service,
            new PostgresOrchestrationOptions
            {
                ConnectionString = _database.ConnectionString,
                TurnWriters = 1,
                StartDelay = delay,
                Time = time,
            }
        );
        var running = writer.RunAsync(CancellationToken.None);

        await Submit(isFirstTurn: true).Settled.WithinAsync(what: "the first");

        for (var i = 0; i < 2; i++)
        {
            var delayed = Submit(isFirstTurn: true);
            Assert.Equal(1, time.ArmedTimers);
            time.Advance(delay);
            await delayed.Settled.WithinAsync(what: "a start whose delay has ended");
        }

        time.Advance(2 * delay);
        await Submit(isFirstTurn: true).Settled.WithinAsync(what: "a start with no turn shortly before it");
        Assert.Equal((4, 4), writer.Written);

        var waiting = Submit(isFirstTurn: true);
        await Submit(isFirstTurn: false).Settled.WithinAsync(what: "another turn");
        await waiting.Settled.WithinAsync(what: "the start that waited for it");
        Assert.Equal((6, 5), writer.Written);

        writer.Complete();
        await running.WithinAsync();

        Start Submit(bool isFirstTurn)
        {
            var start = new Start { IsFirstTurn = isFirstTurn };
            writer.ExpectStart();
            writer.Submit(start);
            return start;
        }
    }

    [Fact]
    public async Task Each_turn_is_settled_once_although_the_writer_is_stopped_between_two_of_a_group()
    {
        await using var service = await HubAsync();
        var (good, bad) = (new Start(), new Start());
        await _database.ExecuteAsync(
            $"""
            create sequence writes;
            create function hold_up() returns trigger language plpgsql as
            $$
            begin
                if nextval('public.writes') = 1 then
                    raise exception 'not both' using errcode = '22000';
                end if;
                perform pg_advisory_xact_lock(1);
                return new;
            end
            $$;
            create trigger hold_up before insert on taskhub.instances for each row when (new.instance_id = '{bad.InstanceId}')
            execute function hold_up();
            """
        );
        var writer = WriterOf(service, new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString, TurnWriters = 1 });
        await using var blocker = await _database.DataSource.OpenConnectionAsync();
        await using (var locking = new NpgsqlCommand("select pg_advisory_lock(1)", blocker))
        {
            await locking.ExecuteNonQueryAsync();
        }

        foreach (var turn in (Start[])[good, bad])
        {
            writer.ExpectStart();
            writer.Submit(turn);
        }

        using var aborting = new CancellationTokenSource();
        var running = writer.RunAsync(aborting.Token);
        await good.Settled.WithinAsync();
        await _database.WaitUntilAsync("select exists (select from pg_locks where locktype = 'advisory' and not granted)");
        await aborting.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WithinAsync());
        Assert.Equal("stopped", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad.Settled)).Message);
        await _database.ExecuteAsync("drop trigger hold_up on taskhub.instances");
    }

    private async Task<PostgresOrchestrationService> HubAsync()
    {
        var service = new PostgresOrchestrationService(new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString });
        await service.CreateIfNotExistsAsync();
        return service;
    }

    private static TurnWriter WriterOf(PostgresOrchestrationService service, PostgresOrchestrationOptions options) =>
        new(
            new TurnStore(service.DataSource, new HubSql(PostgresOrchestrationOptions.DefaultSchema), service.WorkerId),
            new PostgresOutage(options.Time, NullLogger.Instance),
            options,
            NullLogger.Instance
        );

    /// <summary>The start of an instance; it needs no row that is there before it.</summary>
    private sealed class Start : TurnCommit
    {
        private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Start()
        {
            var id = Guid.NewGuid().ToString("N");
            var start = new ExecutionStartedEvent(-1, null)
            {
                Name = "delayed",
                OrchestrationInstance = new OrchestrationInstance { InstanceId = id, ExecutionId = id },
            };
            (InstanceId, Incarnation, Fence, HeldGeneration, Generation, Sequence) = (id, 1, 0, 0, 0, 0);
            Events = HistoryEventWriter.WriteAll([start]);
            Insert = new NewInstance
            {
                InstanceId = id,
                Incarnation = 1,
                Start = start,
                Status = "Completed",
                CreatedAt = DateTime.UnixEpoch,
                CompletedAt = DateTime.UnixEpoch,
            };
        }

        public Task Settled => _settled.Task;

        public override bool IsSettled => _settled.Task.IsCompleted;

        public override void OnCommitted() => _settled.SetResult();

        public override void OnTakenOver() => _settled.SetException(new InvalidOperationException("taken over"));

        public override void OnLost() => _settled.SetException(new InvalidOperationException("lost"));

        public override void OnStopped() => _settled.SetException(new InvalidOperationException("stopped"));

        public override void OnFailed(Exception exception) => _settled.SetException(exception);

        public override void OnUnknown(Exception exception) => _settled.SetException(exception);
    }
}
