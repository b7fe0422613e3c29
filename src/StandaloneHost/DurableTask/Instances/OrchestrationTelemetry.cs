using System.Diagnostics;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>What one instance tells of itself while it is in this process: its span, and how long its turns took. Costs nothing while nobody
/// listens.</summary>
internal sealed class OrchestrationTelemetry
{
    private readonly string _name;
    private readonly DateTimeOffset _createdAt;
    private readonly bool _isMeasured;
    private readonly Activity? _span;
    private long _turnsBegan; // 0: no turn is under way, or nobody asks
    private TimeSpan _inTurns;

    /// <summary>Begins the span, and the first turn.</summary>
    public OrchestrationTelemetry(string instanceId, ExecutionStarted start, DateTimeOffset createdAt, bool isMeasured)
    {
        _isMeasured = isMeasured;
        _name = start.Name;
        _createdAt = createdAt;
        _span = OrchestrationSpan.Begin(start.Name, instanceId, createdAt, start.TraceParent);
        TurnBegins();
    }

    /// <summary>W3C, of the instance's span; <see langword="null"/> when nobody wants it.</summary>
    public string? TraceContext => _span?.Id;

    /// <summary>Runs the code's first steps: what it awaits there keeps the span current when it goes on.</summary>
    public void InSpan<TState>(TState state, Action<TState> run)
    {
        if (_span is null)
        {
            run(state);
            return;
        }

        var outer = Activity.Current;
        Activity.Current = _span;
        try
        {
            run(state);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    /// <summary>A turn begins, if none is under way: one that finds mail when the last has committed goes on with that one's time.</summary>
    public void TurnBegins()
    {
        if (_isMeasured && _turnsBegan == 0)
        {
            _turnsBegan = RuntimeMetrics.Begin(RuntimeMetrics.OrchestrationOverhead);
        }
    }

    /// <summary>The last turn has committed, and there is no more mail.</summary>
    public void TurnsPause(long timestamp)
    {
        if (_turnsBegan != 0)
        {
            _inTurns += Stopwatch.GetElapsedTime(_turnsBegan, timestamp);
            _turnsBegan = 0;
        }
    }

    /// <summary>The instance's end is durable.</summary>
    public void Ended(ExecutionCompleted completion)
    {
        if (_span is not null)
        {
            OrchestrationSpan.End(_span, completion.At, completion.Status.ToString(), completion.Failure?.ErrorType);
        }

        if (_isMeasured && RuntimeMetrics.OrchestrationDuration.Enabled)
        {
            RuntimeMetrics.OrchestrationDuration.Record(
                Math.Max((completion.At - _createdAt).TotalSeconds, 0), new TagList { { "name", _name }, { "status", completion.Status.ToString() } });
        }

        if (_turnsBegan != 0)
        {
            TurnsPause(Stopwatch.GetTimestamp());
            RuntimeMetrics.OrchestrationOverhead.Record(_inTurns.TotalSeconds, new TagList { { "name", _name } });
        }
    }
}
