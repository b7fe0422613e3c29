using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Quorum.Functions.Batches;

/// <summary>Settles <see cref="AbandonedBatches"/>, a bounded number in a bounded time; the next run continues.</summary>
/// <remarks>Running twice is harmless: a settled batch does not change.</remarks>
public sealed partial class SettleAbandonedBatches(AbandonedBatches abandoned, TimeProvider time, ILogger<SettleAbandonedBatches> logger)
{
    private const int MaxBatches = 1000;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(30);

    /// <summary>Batches that started more recently are left to the next run: most finish sooner.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);

    [Function(nameof(SettleAbandonedBatches))]
    public async Task RunAsync(
        [TimerTrigger("20 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        using var expiry = new CancellationTokenSource(MaxDuration, time);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        try
        {
            await abandoned.SettleNextAsync(durable, time.GetUtcNow() - MinAge, MaxBatches, run.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (expiry.IsCancellationRequested)
            {
                LogNotAll(MaxDuration, timer.IsPastDue);
            }
            else
            {
                LogNotChecked(exception, timer.IsPastDue);
            }
        }
    }

    [LoggerMessage(
        EventId = 1207,
        Level = LogLevel.Warning,
        Message = "Unfinished batches could not be checked for ended orchestrations; the next run tries again (past due: {PastDue})."
    )]
    private partial void LogNotChecked(Exception exception, bool pastDue);

    [LoggerMessage(
        EventId = 1208,
        Level = LogLevel.Information,
        Message = "Checking unfinished batches for ended orchestrations took longer than {MaxDuration}; the next run continues (past due: {PastDue})."
    )]
    private partial void LogNotAll(TimeSpan maxDuration, bool pastDue);
}
