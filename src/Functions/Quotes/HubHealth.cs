namespace Quorum.Functions.Quotes;

/// <summary>
/// The availability of the task hub, as seen by callers that schedule orchestrations: unavailable when one fails, or when one waits and
/// none has been accepted for a while; available again when one is accepted.
/// </summary>
public sealed class HubHealth(TimeProvider time)
{
    /// <summary>Many times what a busy hub needs; a hub without its database needs for ever. Until it is over, each request gives up on the
    /// hub halfway through its own budget.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _waiting;
    private bool _failed;

    /// <summary>The time since which a caller waits without any acceptance; read only while a caller waits.</summary>
    private long _quietSince;

    public bool IsUnavailable => IsUnavailableFor(TimeSpan.Zero);

    /// <summary>Returns true if waiting is not worthwhile within this budget: of a long budget, half may be spent on waiting.</summary>
    public bool IsUnavailableFor(TimeSpan budget) =>
        Volatile.Read(ref _failed)
        || (
            Volatile.Read(ref _waiting) > 0
            && time.GetElapsedTime(Volatile.Read(ref _quietSince)) is var quiet
            && quiet > MaxWait
            && quiet > budget / 2
        );

    /// <summary>An orchestration is given to the hub.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_waiting == 0)
            {
                Volatile.Write(ref _quietSince, time.GetTimestamp()); // before others can see that one waits
            }

            Volatile.Write(ref _waiting, _waiting + 1);
        }
    }

    /// <summary>The hub has taken one, or failed to.</summary>
    public void End(bool taken)
    {
        lock (_gate)
        {
            _waiting--;
            _failed = !taken;
            if (taken)
            {
                _quietSince = time.GetTimestamp();
            }
        }
    }
}
