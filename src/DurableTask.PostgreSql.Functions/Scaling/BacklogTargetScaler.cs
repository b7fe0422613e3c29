using Microsoft.Azure.WebJobs.Host.Scale;

namespace Quorum.DurableTask.PostgreSql.Functions.Scaling;

/// <summary>Asks for workers by the backlog, where the host scales by targets.</summary>
internal sealed class BacklogTargetScaler(string functionId, BacklogTarget target) : ITargetScaler
{
    public TargetScalerDescriptor TargetScalerDescriptor { get; } = new(functionId);

    public async Task<TargetScalerResult> GetScaleResultAsync(TargetScalerContext context) =>
        new() { TargetWorkerCount = await target.GetWorkersAsync(CancellationToken.None) };
}
