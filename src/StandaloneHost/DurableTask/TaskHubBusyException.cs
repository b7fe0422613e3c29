namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The task hub starts no more orchestrations for now: as many as <see cref="DurableTaskOptions.MaxWaitingStarts"/> allows wait for
/// PostgreSQL to take them. Nothing of this one is kept.</summary>
public sealed class TaskHubBusyException(string message) : Exception(message);
