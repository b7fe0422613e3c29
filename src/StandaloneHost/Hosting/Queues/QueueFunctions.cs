using System.Diagnostics;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Queues;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Queues;

/// <summary>
/// Delivers queue messages to their functions while the app runs. When stopping, it takes no more messages and waits for the running
/// functions, whose tokens are cancelled.
/// </summary>
internal sealed class QueueFunctions(
    FunctionCatalogue catalogue,
    QueueServices services,
    HostSettings settings,
    TimeProvider time,
    ILogger<QueueListener> logger
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<QueueListener> _listeners = [];
    private Task _listening = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var function in catalogue.Functions)
        {
            if (function.Trigger is QueueTrigger trigger)
            {
                _listeners.Add(
                    new QueueListener(
                        services.Of(trigger.Account),
                        trigger.Queue,
                        settings.Queues,
                        (message, stopping) => RunAsync(function, trigger.Queue, message, stopping),
                        time,
                        logger
                    )
                );
            }
        }

        _listening = Task.WhenAll(_listeners.Select(listener => Task.Run(() => ListenAsync(listener), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _listening.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private Task ListenAsync(QueueListener listener)
    {
        Activity.Current = null; // the starter of the host is not the parent of message spans
        return listener.RunAsync(_stopping.Token);
    }

    private async Task RunAsync(Function function, string queue, QueueMessage message, CancellationToken cancellationToken)
    {
        if (RuntimeMetrics.MessageAge.Enabled)
        {
            var age = (time.GetUtcNow() - message.InsertedOn.GetValueOrDefault()).TotalSeconds;
            RuntimeMetrics.MessageAge.Record(Math.Max(age, 0), new TagList { { "queue", queue } });
        }

        RuntimeMetrics.MessageDeliveries.Record((int)message.DequeueCount, new TagList { { "queue", queue } });
        using var span = InvocationSpan.StartMessage(function, queue, message);
        var delivery = new QueueDelivery(message, settings.Queues.MessageEncoding, function.Runtime.Json);
        await InvocationSpan.RunAsync(new Invocation(function, delivery, cancellationToken), span);
    }
}
