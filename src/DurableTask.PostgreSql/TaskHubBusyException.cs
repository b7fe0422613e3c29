namespace Quorum.DurableTask.PostgreSql;

/// <summary>A start was rejected because too many starts wait for PostgreSQL. Nothing was stored; try again later.</summary>
public sealed class TaskHubBusyException(string message) : Exception(message);
