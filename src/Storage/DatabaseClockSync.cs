using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Quorum.Storage;

/// <summary>Measures <see cref="DatabaseClock"/> from time to time. The first measurement is made by <see
/// cref="StorageStartup"/>.</summary>
internal sealed partial class DatabaseClockSync(DatabaseClock clock, QuorumDatabase database, ILogger<DatabaseClockSync> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await clock.MeasureAsync(database, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested) // the loop's edge
            {
                LogNotMeasured(exception);
            }
        }
    }

    [LoggerMessage(EventId = 1508, Level = LogLevel.Debug, Message = "The time of PostgreSQL could not be read; the clock continues.")]
    private partial void LogNotMeasured(Exception exception);
}
