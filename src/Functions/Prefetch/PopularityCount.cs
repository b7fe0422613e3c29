using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Storage;

namespace Quorum.Functions.Prefetch;

/// <summary>Stores every few seconds what this process counted (<see cref="AskedSymbols"/>), all in one statement. What a process
/// counted last before it ended is lost, as is what it counted while PostgreSQL was unavailable.</summary>
internal sealed partial class PopularityCount(
    AskedSymbols asked,
    PopularityStore store,
    TimeProvider time,
    IOptions<PrefetchOptions> options,
    ILogger<PopularityCount> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CountInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await WriteAsync(stoppingToken);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counts = asked.Take();
        if (counts.Count == 0)
        {
            return;
        }

        try
        {
            await store.AddAsync(counts, options.Value.HalfLife, time.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotWritten(exception, counts.Count);
        }
    }

    [LoggerMessage(
        EventId = 1301,
        Level = LogLevel.Warning,
        Message = "How often {Symbols} symbols were asked for could not be written down."
    )]
    private partial void LogNotWritten(Exception exception, int symbols);
}
