using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Queues;

/// <summary>
/// Brings the messages of one queue to one function: takes a batch, runs it at once, takes the next when few are left. A message is hidden
/// while its function runs, deleted when it succeeds, shown again when it fails, and put into <c>&lt;queue&gt;-poison</c> after too many
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
    // Renewed at a third of it. The Functions host takes ten minutes; here a message whose process was killed is back as soon as an
    // instance.
    private static readonly TimeSpan HiddenWhileRunning = TimeSpan.FromSeconds(30);

    // A service that is away is asked at least this often, however seldom an empty queue is looked at.
    private static readonly TimeSpan LongestAway = TimeSpan.FromSeconds(5);

    // In a poison queue there is nowhere further to go: what fails too often stays, and is looked at this seldom.
    private static readonly TimeSpan HiddenForGood = TimeSpan.FromMinutes(10);
    private const string PoisonSuffix = "-poison";

    private readonly QueueClient _queue = service.Queue(queueName);
    private readonly string? _poisonName = queueName.EndsWith(PoisonSuffix, StringComparison.Ordinal) ? null : queueName + PoisonSuffix; // no poison of poison
    private readonly PollingPause _pause = new(settings.MaxPollingInterval, Random.Shared);
    private readonly WakeSignal _wake = new();
    private readonly Lock _gate = new();
    private int _running;
    private TaskCompletionSource _fewer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens until the token ends, then waits for the functions that run.</summary>
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
#pragma warning disable CA1031 // whatever came back: a listener goes on until it is told to stop
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (failures++ == 0)
                {
                    LogAway(logger, e, queueName);
                }

                created = false;
                var pause = _pause.Next();
                await Task.Delay(pause < LongestAway ? pause : LongestAway, time, cancellationToken)
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
#pragma warning disable CA1031 // the function's own exceptions do not come here; the storage account may answer anything
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnsettled(logger, e, message.MessageId, queueName); // it shows again by itself
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
            LogAbandoned(logger, message.MessageId, queueName, message.DequeueCount - 1); // those ended with their process, or never reached one
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
#pragma warning disable CA1031 // a function may throw anything: the message comes again, or is poison
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
            await _queue.HideAsync(message.MessageId, popReceipt, TimeSpan.Zero, CancellationToken.None); // stopping: another may take it now
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

    // Sent before it is deleted: a crash between leaves it twice rather than nowhere.
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
        /// <summary><see langword="null"/> once the message is somebody else's.</summary>
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
