namespace Quorum.ProviderSimulator;

/// <summary>
/// The providers' clock: it follows the real one until it is set, moved or stopped. Quotes, trading days and quota windows use it; waits
/// and fault durations do not.
/// </summary>
internal sealed class SimulatedClock(TimeProvider real) : TimeProvider
{
    private State _state = new(TimeSpan.Zero, null);

    /// <summary>False while the clock is stopped.</summary>
    public bool IsRunning => Volatile.Read(ref _state).StoppedAt is null;

    public override DateTimeOffset GetUtcNow()
    {
        var state = Volatile.Read(ref _state);
        return state.StoppedAt ?? real.GetUtcNow() + state.Offset;
    }

    public void Set(DateTimeOffset instant)
    {
        var state = Volatile.Read(ref _state);
        Volatile.Write(
            ref _state,
            state.StoppedAt is null
                ? new State(instant.ToUniversalTime() - real.GetUtcNow(), null)
                : state with
                {
                    StoppedAt = instant.ToUniversalTime(),
                }
        );
    }

    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    public void Stop() => Volatile.Write(ref _state, new State(TimeSpan.Zero, GetUtcNow()));

    public void Run() => Volatile.Write(ref _state, new State(GetUtcNow() - real.GetUtcNow(), null));

    /// <summary>Returns to real time.</summary>
    public void Reset() => Volatile.Write(ref _state, new State(TimeSpan.Zero, null));

    private sealed record State(TimeSpan Offset, DateTimeOffset? StoppedAt);
}
