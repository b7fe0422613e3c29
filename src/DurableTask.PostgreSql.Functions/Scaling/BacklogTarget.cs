namespace Quorum.DurableTask.PostgreSql.Functions.Scaling;

/// <summary>The number of workers that the backlog of a hub needs.</summary>
internal sealed class BacklogTarget(Func<CancellationToken, Task<TaskHubBacklog>> backlog, int maxConcurrentOrchestrations)
{
    /// <summary>Reads the backlog and computes the number of workers.</summary>
    public async Task<int> GetWorkersAsync(CancellationToken cancellationToken) =>
        WorkersFor(await backlog(cancellationToken), maxConcurrentOrchestrations);

    /// <summary>Computes the number of workers for the instances in memory, plus the number for the waiting instances.</summary>
    internal static int WorkersFor(TaskHubBacklog backlog, int perWorker)
    {
        var forHeld = Divide(backlog.Held, perWorker);
        return (int)
            Math.Min(int.MaxValue, backlog.Due == 0 ? forHeld : Math.Max(backlog.Workers, forHeld) + Divide(backlog.Due, perWorker));
    }

    private static long Divide(long instances, int perWorker) => (instances + perWorker - 1) / perWorker;
}
