using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.DurableTask.PostgreSql.Telemetry;
using Quorum.HubKills.Relay;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Instances that a process owns in the database but does not have, or no longer has, in memory.</summary>
public sealed class ReloadTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const int Instances = 250;
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    public async Task A_process_reads_the_instances_that_its_memory_lacks_in_groups()
    {
        var reloads = 0;
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                Interlocked.Add(ref reloads, request.Points.Contains("instance reloaded") ? 1 : 0);
                return Fate.Pass;
            }
        );
        await using var worker = await Worker.StartAsync(
            _database,
            new() { ["count"] = (_, _) => Task.FromResult("\"done\"") },
            lease: TimeSpan.FromSeconds(2),
            connectionString: relay.ConnectionString
        );
        await _database.ExecuteAsync(
            $$"""
            insert into taskhub.instances (instance_id, generation, execution_id, name, status, created_at, updated_at, owner)
            select 'own-' || n, 0, 'first', 'count', 'Pending', now(), now(), '{{worker.Service.WorkerId}}'
              from generate_series(1, {{Instances}}) as n;
            insert into taskhub.history (instance_id, generation, sequence, events)
            select 'own-' || n, 0, 0, '[{"type":"ExecutionStarted","at":"2026-11-20T15:00:00Z","name":"count","executionId":"first"}]'
              from generate_series(1, {{Instances}}) as n;
            update taskhub.workers set lease_until = now() - interval '1 s'; -- the next renewal compares memory and database
            """
        );

        await _database.WaitUntilAsync(
            $"select count(*) = {Instances} from taskhub.instances where instance_id like 'own-%' and status = 'Completed'"
        );

        Assert.InRange(reloads, 1, Instances / 10);
    }

    [Fact]
    public async Task An_exception_in_what_follows_a_committed_turn_is_logged_and_loses_neither_process_nor_result()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == HubMetrics.MeterName && instrument.Name == "taskhub.orchestration.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>(
            static (_, _, tags, _) =>
            {
                foreach (var (name, value) in tags)
                {
                    if (name == "name" && value is "measured-badly")
                    {
                        throw new InvalidOperationException("The listener is broken.");
                    }
                }
            }
        );
        listener.Start();
        using var log = new FakeLoggerProvider();
        using var loggers = new LoggerFactory([log]);
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["measured-badly"] = async (context, _) => await context.ScheduleTask<string>("echo", "", 1),
                ["sound"] = (_, _) => Task.FromResult("\"done\""),
            },
            new() { ["echo"] = input => Task.FromResult($"\"{input}\"") },
            loggers: loggers
        );

        var ended = await worker.EndAsync(await worker.StartAsync("measured-badly"));

        Assert.Equal("[1]", ended.Output);
        Assert.Equal("\"done\"", (await worker.EndAsync(await worker.StartAsync("sound"))).Output);
        Assert.Equal(LogLevel.Error, Assert.Single(log.Collector.GetSnapshot(), record => record.Id == 2305).Level);
    }
}
