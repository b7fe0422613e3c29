using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.Functions.Messages;

namespace Quorum.Functions.Prefetch;

/// <summary>Refreshes the quotes of the symbols in a message of queue <c>quote-prefetch</c>, unless it has expired.</summary>
/// <remarks>
/// Not an orchestration: a refresh that is lost with its process is planned again a few seconds later, which is all that durability would
/// give. A message that is delivered twice finds the quotes of its first delivery and makes no calls. An invalid one ends in the poison
/// queue, with its reason in the operator's table.
/// </remarks>
public sealed partial class RefreshQuotes(
    QuoteRefresher refresher,
    RefusedMessages refused,
    TimeProvider time,
    IOptions<PrefetchOptions> options,
    ILogger<RefreshQuotes> logger
)
{
    [Function(nameof(RefreshQuotes))]
    public async Task RunAsync(
        [QueueTrigger(PrefetchMessage.Queue)] string text,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        if (!PrefetchMessage.TryRead(text, out var message, out var fault))
        {
            throw await refused.RecordAsync(PrefetchMessage.Queue, text, fault, context, cancellationToken);
        }

        if (!options.Value.Enabled || message.ExpiresAt <= time.GetUtcNow())
        {
            LogTooLate(message.Symbols.Count, message.ExpiresAt);
            return;
        }

        try
        {
            await refresher.RefreshAsync(message.Symbols, message.PlannedAt, cancellationToken);
        }
        catch (NpgsqlException exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRefreshed(exception, message.Symbols.Count);
        }
    }

    [LoggerMessage(
        EventId = 1303,
        Level = LogLevel.Debug,
        Message = "A message to refresh {Symbols} symbols comes too late, at {ExpiresAt:O}."
    )]
    private partial void LogTooLate(int symbols, DateTimeOffset expiresAt);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Warning, Message = "PostgreSQL does not answer: {Symbols} symbols were not refreshed.")]
    private partial void LogNotRefreshed(Exception exception, int symbols);
}
