using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorum.DurableTask.PostgreSql.Telemetry;

/// <summary>The measurements of a task hub.</summary>
public static class HubMetrics
{
    /// <summary>The name of the meter, to add to a meter provider.</summary>
    public const string MeterName = "Quorum.DurableTask.PostgreSql";

    internal static Meter Meter { get; } = new(MeterName);

    internal static readonly Counter<long> Turns = Meter.CreateCounter<long>("taskhub.turns", "{turn}", "Turns of orchestrations that were written.");

    internal static readonly Histogram<int> CommitTurns = Meter.CreateHistogram<int>("taskhub.commit.turns", "{turn}", "Turns that shared a transaction.");

    internal static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "taskhub.commit.duration", "s", "One transaction of turns, as this process sees it.");

    internal static long Begin() => CommitDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

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
