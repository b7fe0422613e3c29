using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.HubKills.Relay;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests;

public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!; // set by xunit before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_renewal_without_an_answer_is_given_up_for_another_one_on_another_connection()
    {
        using var over = new ManualResetEventSlim();
        var renewals = 0;
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var renewedMeanwhile = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("lease renewed"))
                {
                    switch (Interlocked.Increment(ref renewals))
                    {
                        case 2: // the first one takes the lease
                            hangs.SetResult();
                            over.Wait();
                            break;
                        case 3:
                            renewedMeanwhile.SetResult();
                            break;
                    }
                }

                return Fate.Pass;
            }
        );
        using var log = new FakeLoggerProvider();
        using var loggers = new LoggerFactory([log]);
        await using var worker = await StartAsync(relay.ConnectionString, loggers);
        try
        {
            _time.Advance(Lease / 3);
            await hangs.Task.WithinAsync();
            _time.Advance(Lease / 3);
            await AdvanceUntilAsync(renewedMeanwhile.Task, TimeSpan.FromMilliseconds(1));

            // By the limit of the lease, not by that of a command.
            var failure = Assert.Single(log.Collector.GetSnapshot(), record => record.Id == 2401).Exception;
            Assert.StartsWith("The lease was not renewed within", failure?.Message, StringComparison.Ordinal);
        }
        finally
        {
            over.Set();
        }
    }

    [Fact]
    public async Task A_process_whose_lease_expired_renews_it_again_while_it_compares_its_instances()
    {
        using var over = new ManualResetEventSlim();
        var renewals = 0;
        var isComparing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var renewedMeanwhile = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = new PostgresRelay(
            _database.ConnectionString,
            request =>
            {
                if (request.Points.Contains("own instances listed") && Volatile.Read(ref renewals) >= 2 && isComparing.TrySetResult())
                {
                    over.Wait();
                }
                else if (
                    request.Points.Contains("lease renewed")
                    && Interlocked.Increment(ref renewals) > 2
                    && isComparing.Task.IsCompleted
                )
                {
                    renewedMeanwhile.TrySetResult();
                }

                return Fate.Pass;
            }
        );
        await using var worker = await StartAsync(relay.ConnectionString);
        try
        {
            await _database.ExecuteAsync("update taskhub.workers set lease_until = now() - interval '1 s'");
            _time.Advance(Lease / 3);
            await isComparing.Task.WithinAsync();

            await AdvanceUntilAsync(renewedMeanwhile.Task, TimeSpan.FromSeconds(1));
        }
        finally
        {
            over.Set();
        }
    }

    private async Task AdvanceUntilAsync(Task signal, TimeSpan step)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (!signal.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(step);
            await Task.Yield();
        }
    }

    private Task<Worker> StartAsync(string connectionString, ILoggerFactory? loggers = null) =>
        Worker.StartAsync(
            _database,
            new() { ["done"] = (_, _) => Task.FromResult("1") },
            connectionString: connectionString,
            lease: Lease,
            sweepPeriod: TimeSpan.FromMinutes(10),
            time: _time,
            loggers: loggers
        );
}
