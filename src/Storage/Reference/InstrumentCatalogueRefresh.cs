using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Quorum.Storage;

/// <summary>
/// Checks periodically if the reference data changed, and reloads them. While PostgreSQL is unavailable, the catalogue stays as it is.
/// </summary>
public sealed partial class InstrumentCatalogueRefresh(
    InstrumentCatalogue catalogue,
    IOptions<StorageOptions> options,
    TimeProvider time,
    ILogger<InstrumentCatalogueRefresh> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CatalogueRefreshInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await catalogue.RefreshAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRefreshed(exception, options.Value.CatalogueRefreshInterval);
            }
        }
    }

    [LoggerMessage(
        EventId = 1505,
        Level = LogLevel.Warning,
        Message = "The instrument catalogue could not be refreshed; the next attempt is in {Interval}."
    )]
    private partial void LogNotRefreshed(Exception exception, TimeSpan interval);
}
