using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.Storage;

/// <summary>
/// Migrates the database and loads the instrument catalogue before anything else of the host starts. Waits for PostgreSQL to become
/// available; if it does not in time, the host does not start.
/// </summary>
internal sealed partial class StorageStartup(
    DatabaseMigrator migrator,
    InstrumentCatalogue catalogue,
    DatabaseClock clock,
    QuorumDatabase database,
    IOptions<StorageOptions> options,
    TimeProvider time,
    ILogger<StorageStartup> logger
) : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        string? said = null;
        while (true)
        {
            try
            {
                await migrator.MigrateAsync(cancellationToken);
                await clock.MeasureAsync(database, cancellationToken);
                await catalogue.RefreshAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient)
            {
                if (time.GetElapsedTime(started) >= options.Value.StartTimeout)
                {
                    throw new TimeoutException(
                        $"PostgreSQL did not answer within {options.Value.StartTimeout} ({StorageOptions.SectionName}:{nameof(StorageOptions.StartTimeout)}): {exception.Message}",
                        exception
                    );
                }

                if (exception.Message != said)
                {
                    LogWaiting(exception.Message, options.Value.StartTimeout);
                    said = exception.Message;
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventId = 1501,
        Level = LogLevel.Warning,
        Message = "PostgreSQL does not answer yet ({Reason}); waiting up to {Timeout}."
    )]
    private partial void LogWaiting(string reason, TimeSpan timeout);
}
