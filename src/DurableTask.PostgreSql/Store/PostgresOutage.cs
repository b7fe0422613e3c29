using Microsoft.Extensions.Logging;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Tracks whether PostgreSQL serves the hub, for the log: one line when the first part of the hub cannot reach it, one when all of
/// them can again.</summary>
internal sealed partial class PostgresOutage(TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<HubPart> _failing = [];
    private volatile bool _isOut;
    private long _since;
    private int _failures;

    public bool IsOut => _isOut;

    /// <summary>Records that a request of this part failed; the part tries again.</summary>
    public void Failed(HubPart part, Exception exception)
    {
        lock (_gate)
        {
            _failures++;
            if (_failing.Add(part) && _failing.Count == 1)
            {
                _failures = 1;
                _since = time.GetTimestamp();
                _isOut = true;
                LogUnavailable(logger, exception, part);
            }
        }
    }

    /// <summary>Records that a request of this part succeeded.</summary>
    public void Works(HubPart part)
    {
        if (!_isOut)
        {
            return;
        }

        lock (_gate)
        {
            if (_failing.Remove(part) && _failing.Count == 0)
            {
                _isOut = false;
                LogAvailable(logger, time.GetElapsedTime(_since), _failures);
            }
        }
    }

    [LoggerMessage(
        2401,
        LogLevel.Warning,
        "PostgreSQL does not serve the task hub ({Part} failed first); retrying, nothing that was acknowledged is lost"
    )]
    private static partial void LogUnavailable(ILogger logger, Exception exception, HubPart part);

    [LoggerMessage(2404, LogLevel.Information, "PostgreSQL serves the task hub again, after {Outage} and {Failures} failures")]
    private static partial void LogAvailable(ILogger logger, TimeSpan outage, int failures);
}

/// <summary>The parts of a process that use PostgreSQL independently.</summary>
internal enum HubPart
{
    /// <summary>Migrations and the first lease.</summary>
    Start,

    /// <summary>Writing turns.</summary>
    Turns,

    /// <summary>Renewing the lease.</summary>
    Lease,

    /// <summary>Claiming instances and reading messages.</summary>
    Sweep,

    /// <summary>Listening to other processes.</summary>
    Listening,
}
