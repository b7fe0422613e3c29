using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorum.DurableTask.PostgreSql.Telemetry;

/// <summary>The measurements of a task hub.</summary>
public static class HubMetrics
{
    /// <summary>The name of the meter, to add to a meter provider.</summary>
    public const string MeterName = "Quorum.DurableTask.PostgreSql";

    /// <summary>The tag, with any value, of an orchestration that no duration includes, nor its activities: warm-up, for instance. Its
    /// turns and their commits count all the same.</summary>
    public const string UnmeasuredTag = "unmeasured";

    internal static Meter Meter { get; } = new(MeterName);

    internal static readonly Counter<long> Turns = Meter.CreateCounter<long>(
        "taskhub.turns",
        "{turn}",
        "Turns of orchestrations that were written."
    );

    internal static readonly Histogram<int> CommitTurns = Meter.CreateHistogram<int>(
        "taskhub.commit.turns",
        "{turn}",
        "Turns that shared a transaction."
    );

    internal static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "taskhub.commit.duration",
        "s",
        "One transaction of turns, as this process sees it."
    );

    internal static readonly Histogram<double> OrchestrationDuration = Meter.CreateHistogram<double>(
        "taskhub.orchestration.duration",
        "s",
        "From an orchestration's start to its end, both durable."
    );

    internal static readonly Histogram<double> OrchestrationOverhead = Meter.CreateHistogram<double>(
        "taskhub.orchestration.overhead",
        "s",
        "Time of an orchestration's turns in this process: waiting for a thread, code and commits."
    );

    internal static readonly Histogram<double> ActivityDuration = Meter.CreateHistogram<double>(
        "taskhub.activity.duration",
        "s",
        "One run of an activity."
    );

    /// <summary>A timestamp if the instrument has a listener, else 0.</summary>
    internal static long Begin(Instrument instrument) => instrument.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Creates the instruments that observe one service. Dispose of the meter with it.</summary>
    internal static Meter Observe(PostgresOrchestrationService service)
    {
        var meter = new Meter(MeterName);
        meter.CreateObservableUpDownCounter(
            "taskhub.instances.active",
            () => service.ResidentInstances,
            "{instance}",
            "Orchestrations in this process' memory."
        );
        meter.CreateObservableUpDownCounter(
            "taskhub.activities.running",
            () => service.RunningActivities,
            "{activity}",
            "Activities that run in this process."
        );
        meter.CreateObservableUpDownCounter(
            "taskhub.starts.waiting",
            () => service.WaitingStarts,
            "{instance}",
            "Starts that wait for PostgreSQL."
        );
        meter.CreateObservableUpDownCounter(
            "taskhub.outage",
            () => service.IsOut ? 1 : 0,
            "{outage}",
            "1 while PostgreSQL does not serve a part of the hub, else 0."
        );
        return meter;
    }

    internal static void ActivityEnded(long begun, string name, bool isCompleted)
    {
        if (begun != 0)
        {
            ActivityDuration.Record(
                Stopwatch.GetElapsedTime(begun).TotalSeconds,
                new TagList { { "name", name }, { "outcome", isCompleted ? "completed" : "failed" } }
            );
        }
    }

    internal static void Committed(long begun, int turns)
    {
        CommitTurns.Record(turns);
        Turns.Add(turns);
        if (begun != 0)
        {
            CommitDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
    }
}
