namespace Quorum.EmbeddedRuntime.Hosting.Management;

/// <summary>Reads the recorded history of an instance; the engine provides it.</summary>
internal interface IInstanceHistory
{
    /// <summary>The events of the instance's current execution, oldest first; empty when it has none or does not exist.</summary>
    IAsyncEnumerable<HistoryEventView> LoadHistoryAsync(string instanceId, CancellationToken cancellationToken);
}
