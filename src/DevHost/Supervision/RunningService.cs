namespace Quorum.DevHost.Supervision;

/// <summary>A started service that runs until it is stopped or crashes.</summary>
/// <param name="Exited">Completes with the exit code.</param>
/// <param name="StopAsync">Stops the service within seconds.</param>
internal sealed record RunningService(Task<int> Exited, Func<Task> StopAsync);
