using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Quorum.Functions.Consumers;

/// <summary>Keeps the <see cref="ConsumerDirectory"/> up to date, from before the first request to the last usage.</summary>
internal sealed partial class ConsumerRefresh(
    ConsumerDirectory directory,
    TimeProvider time,
    IOptions<ConsumerOptions> options,
    ILogger<ConsumerRefresh> logger
) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await directory.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RefreshOrLogAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RefreshOrLogAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task RefreshOrLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            await directory.RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested) // The loop goes on with the known keys.
        {
            LogNotRefreshed(exception);
        }
    }

    [LoggerMessage(
        EventId = 1050,
        Level = LogLevel.Warning,
        Message = "The consumers' keys could not be loaded, or their usage not stored; the known keys stay in force."
    )]
    private partial void LogNotRefreshed(Exception exception);
}
