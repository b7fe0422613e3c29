using System.Diagnostics;
using Quorum.HubKills.Relay;

namespace Quorum.HubKills.Kills;

/// <summary>Kills a process at its n-th pass of a point, once it is armed.</summary>
internal sealed class KillSwitch(KillPoint point, int pass)
{
    private readonly TaskCompletionSource<long> _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isArmed;
    private int _passes;

    /// <summary>Completes with the timestamp of the kill.</summary>
    public Task<long> Killed => _killed.Task;

    public void Arm() => _isArmed = true;

    public void Disarm() => _isArmed = false;

    public Fate Decide(PostgresRequest request) =>
        _isArmed && request.Points.Contains(point.Request) && Interlocked.Increment(ref _passes) == pass ? point.Moment : Fate.Pass;

    /// <summary>Called when the process has made its last request.</summary>
    public void Kill() => _killed.TrySetResult(Stopwatch.GetTimestamp());
}
