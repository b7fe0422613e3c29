using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Quorum.Functions.Starting;

/// <summary>Warms up the task hub at the start of the Functions host, before the first request. Where the host runs timers in another
/// process, the first request does it.</summary>
public sealed class WarmUpHub(WarmUp warmUp)
{
    /// <summary>Runs at the start; the schedule, once a year, is there because a timer must have one.</summary>
    [Function(nameof(WarmUpHub))]
    public Task RunAsync(
        [TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer,
        [DurableClient] DurableTaskClient durable
    ) => warmUp.WarmHubAsync(durable);
}
