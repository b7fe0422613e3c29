using Microsoft.DurableTask.Client;

namespace Quorum.Functions.Orchestrations;

/// <summary>Finds the newest orchestrations that failed or were terminated.</summary>
internal static class NewestFailures
{
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> Statuses =
    [
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
    ];

    private const int PageSize = 100;

    /// <summary>A period with more instances is divided.</summary>
    private const int MaxInPeriod = 500;

    private const int Factor = 8;

    private static readonly TimeSpan FirstPeriod = TimeSpan.FromHours(1),
        ShortestPeriod = TimeSpan.FromSeconds(1),
        LongestPeriod = TimeSpan.FromDays(30);

    /// <summary>No instance is older; some backends need a beginning.</summary>
    private static readonly DateTimeOffset Beginning = DateTimeOffset.UnixEpoch;

    /// <summary>Returns the newest of them, newest first by creation time, without inputs and outputs.</summary>
    /// <param name="max">The maximum number.</param>
    /// <param name="now">The current time, UTC.</param>
    /// <remarks>A backend lists instances in an order of its own (PostgreSQL: oldest first) and may keep many. So periods are read from now
    /// backwards, each longer than the one before, until they have enough instances; of one second with too many, some are read.</remarks>
    public static async Task<IReadOnlyList<OrchestrationMetadata>> FindAsync(
        DurableTaskClient durable,
        int max,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var found = new List<OrchestrationMetadata>();
        var (end, length) = (now, FirstPeriod);
        DateTimeOffset? until = null; // The first period is open: the clock of another process may be ahead.
        while (found.Count < max && end > Beginning)
        {
            var start = length > LongestPeriod ? Beginning : end - length;
            var (instances, isAll) = await ReadAsync(durable, start, until, cancellationToken);
            if (isAll || length <= ShortestPeriod)
            {
                found.AddRange(instances.OrderByDescending(instance => instance.CreatedAt));
                (end, until) = (start, start);
                length *= Factor;
            }
            else
            {
                length /= Factor;
            }
        }

        return [.. found.DistinctBy(instance => instance.InstanceId).Take(max)]; // Both ends of a period belong to it.
    }

    private static async Task<(IReadOnlyList<OrchestrationMetadata> Instances, bool IsAll)> ReadAsync(
        DurableTaskClient durable,
        DateTimeOffset from,
        DateTimeOffset? to,
        CancellationToken cancellationToken
    )
    {
        var query = new OrchestrationQuery(from, to, Statuses, PageSize: PageSize);
        var instances = new List<OrchestrationMetadata>();
        await foreach (var instance in durable.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
        {
            if (instances.Count == MaxInPeriod)
            {
                return (instances, false);
            }

            instances.Add(instance);
        }

        return (instances, true);
    }
}
