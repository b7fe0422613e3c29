using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Quorum.Shared;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Queues;

/// <summary>
/// Delivers the messages of one queue to one function: takes a batch, runs it (<see cref="MessageRun"/>), and takes the next when few are
/// left.
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
    // The minimum rate of polls while the service is unavailable, however rarely an empty queue is polled.
    private static readonly TimeSpan MaxPauseWhileUnavailable = TimeSpan.FromSeconds(5);

    private readonly QueueClient _queue = service.Queue(queueName);

    private readonly PollingPause _pause = new(settings.MaxPollingInterval, Random.Shared);
    private readonly WakeSignal _wake = new();
    private readonly MessageRun _run = new(service, queueName, settings, process, time, logger);
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
                var messages = await _queue.ReceiveAsync(settings.BatchSize, MessageRun.Hidden, cancellationToken);
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
                if (await _run.RunAsync(message, cancellationToken))
                {
                    Wake();
                }
            }
#pragma warning disable CA1031 // the function's own exceptions do not arrive here; the storage account may fail in any way
            catch (Exception e)
#pragma warning restore CA1031
            {
                _run.LogUnsettled(e, message); // the message becomes visible again by itself
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

    [LoggerMessage(2601, LogLevel.Warning, "Queue {Queue} cannot be read; trying again, more and more seldom")]
    private static partial void LogAway(ILogger logger, Exception exception, string queue);

    [LoggerMessage(2602, LogLevel.Information, "Queue {Queue} can be read again, after {Failures} failures")]
    private static partial void LogBack(ILogger logger, string queue, int failures);
}
