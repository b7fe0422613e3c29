using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Quorum.Functions.Starting;

/// <summary>Warms up the task hub at the start of the Functions host, which gives its client to functions only.</summary>
public sealed class WarmUpHub(WarmUp warmUp, IServiceProvider services)
{
    /// <summary>Runs at the start; the schedule, once a year, is there because a timer must have one.</summary>
    [Function(nameof(WarmUpHub))]
    public Task RunAsync(
        [TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    ) => services.GetService<DurableTaskClient>() is null ? warmUp.AggregateAsync(durable, cancellationToken) : Task.CompletedTask; // else it has been done
}
