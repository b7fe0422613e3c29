using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.Functions.Prefetch;

/// <summary>Looks every other second for quotes that are about to be too old, and has them refreshed by way of queue
/// <c>quote-prefetch</c>.</summary>
/// <remarks>Running twice is harmless: what has been planned is claimed. A firing that was missed is not made up for.</remarks>
public sealed partial class PlanPrefetch(PrefetchPlanner planner, IOptions<PrefetchOptions> options, ILogger<PlanPrefetch> logger)
{
    [Function(nameof(PlanPrefetch))]
    [QueueOutput(PrefetchMessage.Queue)]
    public async Task<string[]> RunAsync(
        [TimerTrigger($"%{PrefetchOptions.Schedule}%", UseMonitor = false)] TimerInfo timer,
        CancellationToken cancellationToken
    )
    {
        if (!options.Value.Enabled)
        {
            return [];
        }

        try
        {
            var messages = await planner.PlanAsync(cancellationToken);
            return [.. messages.Select(message => message.Write())];
        }
        catch (NpgsqlException exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotPlanned(exception, timer.IsPastDue);
            return [];
        }
    }

    [LoggerMessage(
        EventId = 1302,
        Level = LogLevel.Warning,
        Message = "PostgreSQL does not answer: nothing is prefetched for now (past due: {PastDue})."
    )]
    private partial void LogNotPlanned(Exception exception, bool pastDue);
}
