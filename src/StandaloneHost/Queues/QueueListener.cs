using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Queues;

/// <summary>
/// Delivers the messages of one queue to one function: takes a batch, runs it, and takes the next when few are left. A message is hidden
/// while its function runs, deleted when it succeeds, visible again when it fails, and moved to <c>&lt;queue&gt;-poison</c> after too many
/// deliveries.
/// </summary>
internal sealed partial class QueueListener(
    QueueService service,
    string queueName,
    QueueSettings settings,
    Func<QueueMessage, CancellationToken, Task> process,
    TimeProvider time,
    ILogger<QueueListener> logger
) : IDisposable
{
    // Renewed after a third of it. The Functions host uses ten minutes; here the message of a killed process is visible again as soon as an
    // instance runs.
    private static readonly TimeSpan HiddenWhileRunning = TimeSpan.FromSeconds(30);

    // The minimum rate of polls while the service is unavailable, however rarely an empty queue is polled.
    private static readonly TimeSpan MaxPauseWhileUnavailable = TimeSpan.FromSeconds(5);

    // A failed message of a poison queue stays there and is tried at this interval.
    private static readonly TimeSpan HiddenForGood = TimeSpan.FromMinutes(10);
    private const string PoisonSuffix = "-poison";

    private readonly QueueClient _queue = service.Queue(queueName);

    // A poison queue has no poison queue of its own.
    private readonly string? _poisonName = queueName.EndsWith(PoisonSuffix, StringComparison.Ordinal) ? null : queueName + PoisonSuffix;
    private readonly PollingPause _pause = new(settings.MaxPollingInterval, Random.Shared);
    private readonly WakeSignal _wake = new();
    private readonly Lock _gate = new();
    private int _running;
    private TaskCompletionSource _fewer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens until the token ends, then waits for the running functions.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        service.Listen(queueName, Wake);
        var created = false;
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!created)
                {
                    await _queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                    created = true;
                }

                await AtMostRunningAsync(settings.NewBatchThreshold, cancellationToken);
                var messages = await _queue.ReceiveAsync(settings.BatchSize, HiddenWhileRunning, cancellationToken);
                if (failures > 0)
                {
                    LogBack(logger, queueName, failures);
                    failures = 0;
                }

                if (messages.Length == 0)
                {
                    await _wake.WaitAsync(_pause.Next(), cancellationToken);
                    continue;
                }

                _pause.Reset();
                foreach (var message in messages)
                {
                    Start(message, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // any failure: the listener continues until it is stopped
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (failures++ == 0)
                {
                    LogAway(logger, e, queueName);
                }

                created = false;
                var pause = _pause.Next();
                await Task.Delay(pause < MaxPauseWhileUnavailable ? pause : MaxPauseWhileUnavailable, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await AtMostRunningAsync(0, CancellationToken.None);
    }

    private void Wake()
    {
        lock (_gate)
        {
            _pause.Reset();
        }

        _wake.Set();
    }

    public void Dispose() => _wake.Dispose();

    private async Task AtMostRunningAsync(int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task fewer;
            lock (_gate)
            {
                if (_running <= most)
                {
                    return;
                }

                fewer = _fewer.Task;
            }

            await fewer.WaitAsync(cancellationToken);
        }
    }

    private void Start(QueueMessage message, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _running++;
        }

        _ = RunAndCountAsync();

        async Task RunAndCountAsync()
        {
            await Task.Yield(); // the next message need not wait for this one's first await
            try
            {
                await HandleAsync(message, cancellationToken);
            }
#pragma warning disable CA1031 // the function's own exceptions do not arrive here; the storage account may fail in any way
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnsettled(logger, e, message.MessageId, queueName); // the message becomes visible again by itself
            }
            finally
            {
                TaskCompletionSource fewer;
                lock (_gate)
                {
                    _running--;
                    fewer = _fewer;
                    _fewer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                fewer.SetResult();
            }
        }
    }

    private async Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        if (message.DequeueCount > settings.MaxDequeueCount)
        {
            // Those ended with their process, or never reached one.
            LogAbandoned(logger, message.MessageId, queueName, message.DequeueCount - 1);
            await PoisonAsync(message, message.PopReceipt);
            return;
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
            if (settings.VisibilityTimeout == TimeSpan.Zero)
            {
                Wake();
            }
        }
    }

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
            await Task.Delay(HiddenWhileRunning / 3, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested || receipt.Value is not { } popReceipt)
            {
                return;
            }

            try
            {
                receipt.Value = await _queue.HideAsync(message.MessageId, popReceipt, HiddenWhileRunning, CancellationToken.None);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException)
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

    [LoggerMessage(2601, LogLevel.Warning, "Queue {Queue} cannot be read; trying again, more and more seldom")]
    private static partial void LogAway(ILogger logger, Exception exception, string queue);

    [LoggerMessage(2602, LogLevel.Information, "Queue {Queue} can be read again, after {Failures} failures")]
    private static partial void LogBack(ILogger logger, string queue, int failures);

    [LoggerMessage(2603, LogLevel.Warning, "Message {MessageId} of queue {Queue} failed on delivery {DequeueCount}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, string queue, long dequeueCount);

    [LoggerMessage(
        2604,
        LogLevel.Error,
        "Message {MessageId} of queue {Queue} failed on delivery {DequeueCount} and goes to the poison queue"
    )]
    private static partial void LogPoison(ILogger logger, Exception exception, string messageId, string queue, long dequeueCount);

    [LoggerMessage(2605, LogLevel.Warning, "Message {MessageId} of queue {Queue} could not be settled; it is delivered again")]
    private static partial void LogUnsettled(ILogger logger, Exception exception, string messageId, string queue);

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
}
