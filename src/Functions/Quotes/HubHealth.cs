namespace Quorum.Functions.Quotes;

/// <summary>Whether the task hub takes orchestrations, as those who schedule them see it: it is away when one fails, or when one waits and
/// none has been taken for a while; it is back when it takes one.</summary>
public sealed class HubHealth(TimeProvider time)
{
    /// <summary>Many times what a busy hub needs; a hub without its database needs for ever. Until it is over, each request gives up on the
    /// hub halfway through its own budget.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _waiting;
    private bool _failed;

    /// <summary>Since when somebody waits and none was taken; read only while somebody waits.</summary>
    private long _quietSince;

    public bool IsAway => IsAwayFor(TimeSpan.Zero);

    /// <summary>Whether it is not worth waiting for, for one who could wait so long: half of a long budget is rather spent on
    /// waiting.</summary>
    public bool IsAwayFor(TimeSpan budget) =>
        Volatile.Read(ref _failed)
        || (
            Volatile.Read(ref _waiting) > 0
            && time.GetElapsedTime(Volatile.Read(ref _quietSince)) is var quiet
            && quiet > Patience
            && quiet > budget / 2
        );

    /// <summary>An orchestration is given to the hub.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_waiting++ == 0)
            {
                _quietSince = time.GetTimestamp();
            }
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
