namespace Quorum.DurableTask.PostgreSql;

/// <summary>The unfinished work of a hub, for scaling decisions.</summary>
/// <param name="Due">Instances that could run now and that no worker holds.</param>
/// <param name="Held">Unfinished instances in the memory of workers.</param>
/// <param name="Workers">Workers with a valid lease.</param>
public sealed record TaskHubBacklog(long Due, long Held, long Workers);
