using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorum.EmbeddedRuntime.Hosting.Functions;
using Quorum.EmbeddedRuntime.Hosting.Invocations;
using Quorum.EmbeddedRuntime.Hosting.Settings;
using Quorum.EmbeddedRuntime.Queues;

namespace Quorum.EmbeddedRuntime.Hosting.Queues;

/// <summary>Brings the messages of queues to the functions that ask for them, while the app runs. Stopping, it takes no more
/// and waits for the functions under way, whose tokens are cancelled.</summary>
internal sealed class QueueFunctions(
    FunctionCatalogue catalogue, QueueServices services, HostSettings settings, TimeProvider time, ILogger<QueueListener> logger) : IHostedService, IDisposable
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
                _listeners.Add(new QueueListener(
                    services.Of(trigger.Account),
                    trigger.Queue,
                    settings.Queues,
                    (message, stopping) => RunAsync(function, message, stopping),
                    time,
                    logger));
            }
        }

        _listening = Task.WhenAll(_listeners.Select(listener => Task.Run(() => listener.RunAsync(_stopping.Token), CancellationToken.None)));
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

    private async Task RunAsync(Function function, QueueMessage message, CancellationToken cancellationToken)
    {
        var invocation = new Invocation(function, new QueueDelivery(message, settings.Queues.MessageEncoding, function.Runtime.Json), cancellationToken);
        try
        {
            await function.Runtime.Pipeline.RunAsync(invocation);
        }
        finally
        {
            await invocation.CloseAsync();
        }
    }
}
