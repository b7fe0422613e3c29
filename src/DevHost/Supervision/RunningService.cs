namespace Quorum.DevHost.Supervision;

/// <summary>Something started that runs until it is stopped or falls.</summary>
/// <param name="Exited">Completes with the exit code.</param>
/// <param name="StopAsync">Stops it, in seconds.</param>
internal sealed record RunningService(Task<int> Exited, Func<Task> StopAsync);
