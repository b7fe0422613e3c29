using Microsoft.Extensions.Logging;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>Whether PostgreSQL answers the hub, for the log: one line when the first of the hub's parts cannot reach it,
/// one when all of them can again. Costs a field's reading while nothing is wrong.</summary>
internal sealed partial class PostgresOutage(TimeProvider time, ILogger<PostgresOutage> logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<HubPart> _failing = [];
    private volatile bool _isOut;
    private long _since;
    private int _failures;

    public bool IsOut => _isOut;

    /// <summary>PostgreSQL did not do what this part asked for; it asks again.</summary>
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
                LogAway(logger, exception, part);
            }
        }
    }

    /// <summary>PostgreSQL did what this part asked for.</summary>
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
                LogBack(logger, time.GetElapsedTime(_since), _failures);
            }
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "PostgreSQL does not answer the task hub ({Part} failed first); trying again until it does, nothing that was acknowledged is lost")]
    private static partial void LogAway(ILogger logger, Exception exception, HubPart part);

    [LoggerMessage(2404, LogLevel.Information, "PostgreSQL answers the task hub again, after {Outage} and {Failures} failures")]
    private static partial void LogBack(ILogger logger, TimeSpan outage, int failures);
}

/// <summary>The parts of a process that need PostgreSQL by themselves.</summary>
internal enum HubPart
{
    /// <summary>Migrations and the first lease.</summary>
    Start,

    /// <summary>Writing turns.</summary>
    Turns,

    /// <summary>Prolonging the lease.</summary>
    Lease,

    /// <summary>Looking for instances to take over, and for messages.</summary>
    Sweep,

    /// <summary>Hearing the other processes.</summary>
    Listening,

    /// <summary>Firing timers.</summary>
    Timers,
}
