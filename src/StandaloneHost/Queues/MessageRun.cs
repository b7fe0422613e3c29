using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Queues;

/// <summary>
/// The run of a function with one message of a queue. The message is hidden while the function runs, deleted when it succeeds, visible again
/// when it fails, and moved to <c>&lt;queue&gt;-poison</c> after too many deliveries.
/// </summary>
internal sealed partial class MessageRun(
    QueueService service,
    string queueName,
    QueueSettings settings,
    Func<QueueMessage, CancellationToken, Task> process,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>The time for which a message is hidden, renewed after a third of it. The Functions host uses ten minutes; here the message
    /// of a killed process is visible again as soon as an instance runs.</summary>
    public static readonly TimeSpan Hidden = TimeSpan.FromSeconds(30);

    // A failed message of a poison queue stays there and is tried at this interval.
    private static readonly TimeSpan HiddenForGood = TimeSpan.FromMinutes(10);
    private const string PoisonSuffix = "-poison";

    private readonly QueueClient _queue = service.Queue(queueName);

    // A poison queue has no poison queue of its own.
    private readonly string? _poisonName = queueName.EndsWith(PoisonSuffix, StringComparison.Ordinal) ? null : queueName + PoisonSuffix;

    /// <summary>Runs the function with one message, and settles the message.</summary>
    /// <returns>True if the message is to be delivered again at once.</returns>
    public async Task<bool> RunAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        if (message.DequeueCount > settings.MaxDequeueCount)
        {
            // Those ended with their process, or never reached one.
            LogAbandoned(logger, message.MessageId, queueName, message.DequeueCount - 1);
            await PoisonAsync(message, message.PopReceipt);
            return false;
        }

        var receipt = new Receipt(message.PopReceipt);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(message, receipt, done.Token);
        Exception? fault = null;
        try
        {
            await process(message, cancellationToken);
        }
#pragma warning disable CA1031 // a function may throw anything: the message is delivered again, or is poison
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e;
        }

        await done.CancelAsync();
        await renewing;
        if (receipt.Value is not { } popReceipt)
        {
            LogTaken(logger, message.MessageId, queueName);
        }
        else if (fault is null)
        {
            await _queue.DeleteAsync(message.MessageId, popReceipt, CancellationToken.None);
        }
        else if (cancellationToken.IsCancellationRequested && fault is OperationCanceledException)
        {
            // Stopping: another process may take it now.
            await _queue.HideAsync(message.MessageId, popReceipt, TimeSpan.Zero, CancellationToken.None);
        }
        else if (message.DequeueCount >= settings.MaxDequeueCount)
        {
            if (_poisonName is null)
            {
                LogStays(logger, fault, message.MessageId, queueName, message.DequeueCount);
            }
            else
            {
                LogPoison(logger, fault, message.MessageId, queueName, message.DequeueCount);
            }

            await PoisonAsync(message, popReceipt);
        }
        else
        {
            LogFailed(logger, fault, message.MessageId, queueName, message.DequeueCount);
            await _queue.HideAsync(message.MessageId, popReceipt, settings.VisibilityTimeout, CancellationToken.None);
            return settings.VisibilityTimeout == TimeSpan.Zero;
        }

        return false;
    }

    /// <summary>Logs that a message could not be settled.</summary>
    public void LogUnsettled(Exception fault, QueueMessage message) => LogUnsettled(logger, fault, message.MessageId, queueName);

    // Sent before it is deleted: a crash in between leaves it twice rather than losing it.
    private async Task PoisonAsync(QueueMessage message, string popReceipt)
    {
        if (_poisonName is null)
        {
            await _queue.HideAsync(message.MessageId, popReceipt, HiddenForGood, CancellationToken.None);
            return;
        }

        await service.SendAsync(_poisonName, message.MessageText, CancellationToken.None);
        RuntimeMetrics.PoisonedMessages.Add(1, new KeyValuePair<string, object?>("queue", queueName));
        await _queue.DeleteAsync(message.MessageId, popReceipt, CancellationToken.None);
    }

    private async Task RenewAsync(QueueMessage message, Receipt receipt, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(Hidden / 3, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested || receipt.Value is not { } popReceipt)
            {
                return;
            }

            try
            {
                receipt.Value = await _queue.HideAsync(message.MessageId, popReceipt, Hidden, CancellationToken.None);
            }
#pragma warning disable CA1031 // whatever keeps one renewal from succeeding (also the credential): the next one is a third of the time away
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnsettled(logger, e, message.MessageId, queueName);
            }
        }
    }

    private sealed class Receipt(string value)
    {
        /// <summary>The receipt; <see langword="null"/> once another process has the message.</summary>
        public string? Value { get; set; } = value;
    }

    [LoggerMessage(2603, LogLevel.Warning, "Message {MessageId} of queue {Queue} failed on delivery {DequeueCount}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, string queue, long dequeueCount);

    [LoggerMessage(
        2604,
        LogLevel.Error,
        "Message {MessageId} of queue {Queue} failed on delivery {DequeueCount} and goes to the poison queue"
    )]
    private static partial void LogPoison(ILogger logger, Exception exception, string messageId, string queue, long dequeueCount);

    [LoggerMessage(2606, LogLevel.Warning, "Message {MessageId} of queue {Queue} was taken by another process while it ran here")]
    private static partial void LogTaken(ILogger logger, string messageId, string queue);

    [LoggerMessage(
        2608,
        LogLevel.Error,
        "Message {MessageId} of queue {Queue} was delivered {Deliveries} times and never settled; it is handled as poison"
    )]
    private static partial void LogAbandoned(ILogger logger, string messageId, string queue, long deliveries);

    [LoggerMessage(2607, LogLevel.Error, "Message {MessageId} of poison queue {Queue} failed on delivery {DequeueCount} and stays there")]
    private static partial void LogStays(ILogger logger, Exception exception, string messageId, string queue, long dequeueCount);

    [LoggerMessage(2605, LogLevel.Warning, "Message {MessageId} of queue {Queue} could not be settled; it is delivered again")]
    private static partial void LogUnsettled(ILogger logger, Exception exception, string messageId, string queue);
}
