using Microsoft.Azure.WebJobs.Host.Scale;

namespace Quorum.DurableTask.PostgreSql.Functions.Scaling;

/// <summary>Votes for more or fewer workers by the backlog, where the host scales by votes.</summary>
internal sealed class BacklogScaleMonitor(string functionId, string hubName, BacklogTarget target) : IScaleMonitor<BacklogMetrics>
{
    public ScaleMonitorDescriptor Descriptor { get; } = new($"{functionId}-DurableTask-PostgreSql:{hubName}", functionId);

    async Task<ScaleMetrics> IScaleMonitor.GetMetricsAsync() => await GetMetricsAsync();

    public async Task<BacklogMetrics> GetMetricsAsync() => new() { Workers = await target.GetWorkersAsync(CancellationToken.None) };

    ScaleStatus IScaleMonitor.GetScaleStatus(ScaleStatusContext context) =>
        Vote(context.WorkerCount, context.Metrics.OfType<BacklogMetrics>().LastOrDefault());

    public ScaleStatus GetScaleStatus(ScaleStatusContext<BacklogMetrics> context) =>
        Vote(context.WorkerCount, context.Metrics.LastOrDefault());

    private static ScaleStatus Vote(int workers, BacklogMetrics? latest) =>
        new()
        {
            Vote =
                latest is null || latest.Workers == workers ? ScaleVote.None
                : latest.Workers > workers ? ScaleVote.ScaleOut
                : ScaleVote.ScaleIn,
        };
}

/// <summary>A reading of the backlog.</summary>
internal sealed class BacklogMetrics : ScaleMetrics
{
    /// <summary>The number of workers that the backlog needs.</summary>
    public int Workers { get; set; }
}
