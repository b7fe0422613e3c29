using System.Diagnostics;
using DurableTask.Core;

namespace Quorum.DurableTask.PostgreSql.Telemetry;

/// <summary>Measures the turns of one instance while it is in this process. Costs nothing while no listener asks.</summary>
/// <param name="isMeasured">False for an instance that no duration includes.</param>
internal struct SessionClock(bool isMeasured)
{
    private long _turnsBegan; // 0: no turn is in progress, or no listener asks
    private TimeSpan _inTurns;

    public readonly bool IsMeasured => isMeasured;

    /// <summary>A turn is due. One that follows another at once continues its time.</summary>
    public void TurnBegins()
    {
        if (isMeasured && _turnsBegan == 0)
        {
            _turnsBegan = HubMetrics.Begin(HubMetrics.OrchestrationOverhead);
        }
    }

    /// <summary>The last turn has committed, and no other is due.</summary>
    public void TurnsPause()
    {
        if (_turnsBegan != 0)
        {
            _inTurns += Stopwatch.GetElapsedTime(_turnsBegan);
            _turnsBegan = 0;
        }
    }

    /// <summary>The instance's end is durable.</summary>
    public void Ended(OrchestrationState end)
    {
        if (!isMeasured)
        {
            return;
        }

        if (HubMetrics.OrchestrationDuration.Enabled)
        {
            HubMetrics.OrchestrationDuration.Record(
                Math.Max((end.CompletedTime - end.CreatedTime).TotalSeconds, 0),
                new TagList { { "name", end.Name }, { "status", end.OrchestrationStatus.ToString() } }
            );
        }

        if (_turnsBegan != 0)
        {
            TurnsPause();
            HubMetrics.OrchestrationOverhead.Record(_inTurns.TotalSeconds, new TagList { { "name", end.Name } });
        }
    }
}
