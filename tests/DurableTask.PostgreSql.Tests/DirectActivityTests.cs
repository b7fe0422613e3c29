using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>The results of activities that run without the worker's dispatcher: none is lost by a stop, or by a log that fails.</summary>
public sealed class DirectActivityTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    public async Task The_result_of_the_last_running_activity_is_consumed_before_the_process_has_left()
    {
        var slow = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource();
        await using var worker = await Worker.StartAsync(
            _database,
            new() { ["work"] = async (context, _) => await context.ScheduleTask<string>("slow", "", 1) },
            new()
            {
                ["slow"] = _ =>
                {
                    running.SetResult();
                    return slow.Task;
                },
            },
            direct: true,
            beforeTurn: () => slow.Task.IsCompleted ? _database.ExecuteAsync("select 1") : Task.CompletedTask
        );
        var instance = await worker.StartAsync("work");
        await running.Task.WithinAsync();

        var left = worker.LeaveAsync(CancellationToken.None);
        slow.SetResult("\"done\"");
        await left.WithinAsync();

        Assert.Equal("done", (await worker.Client.GetOrchestrationStateAsync(instance)).Output);
    }

    [Fact]
    public async Task An_activity_that_a_stop_cancels_and_that_still_gives_a_result_does_not_run_again()
    {
        var running = new TaskCompletionSource();
        await using var worker = await Worker.StartAsync(
            _database,
            new() { ["work"] = async (context, _) => await context.ScheduleTask<string>("slow", "", 1) },
            run: async (call, stopping) =>
            {
                running.SetResult();
                await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _database.ExecuteAsync("select 1", CancellationToken.None);
                return new TaskCompletedEvent(-1, call.Event.EventId, "\"partial\"");
            }
        );
        var instance = await worker.StartAsync("work");
        await running.Task.WithinAsync();

        await worker.LeaveAsync(new CancellationToken(canceled: true));

        Assert.Equal("partial", (await worker.Client.GetOrchestrationStateAsync(instance)).Output);
    }

    [Fact]
    public async Task A_log_that_fails_costs_no_activity_its_result()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new() { ["work"] = async (context, _) => await context.ScheduleTask<string>("fails", "", 1) },
            new() { ["fails"] = _ => throw new InvalidOperationException("broken") },
            loggers: new FailingLog(),
            direct: true
        );

        var ended = await worker.EndAsync(await worker.StartAsync("work"));

        Assert.Equal((OrchestrationStatus.Failed, "broken"), (ended.OrchestrationStatus, ended.FailureDetails?.ErrorMessage));
    }

    /// <summary>Cannot write that an activity failed.</summary>
    private sealed class FailingLog : ILoggerFactory, ILogger
    {
        private const int ActivityFailed = 2201;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (eventId.Id == ActivityFailed)
            {
                throw new IOException("No space is left.");
            }
        }

        public void Dispose()
        {
            // holds nothing
        }
    }
}
