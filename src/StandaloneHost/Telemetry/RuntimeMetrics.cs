using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorum.StandaloneHost.Telemetry;

/// <summary>
/// The instruments of the runtime. Check <c>Enabled</c> before computing a value: nothing is computed without a listener.
/// </summary>
internal static class RuntimeMetrics
{
    private static readonly Meter Meter = new(StandaloneTelemetry.SourceName);

    public static readonly Histogram<double> MessageAge = Meter.CreateHistogram<double>(
        "queue.message.age",
        "s",
        "From a message's insertion, which the service keeps in whole seconds, to the start of its function."
    );

    public static readonly Histogram<int> MessageDeliveries = Meter.CreateHistogram<int>(
        "queue.message.deliveries",
        "{delivery}",
        "How often a message has been taken when its function starts."
    );

    public static readonly Counter<long> PoisonedMessages = Meter.CreateCounter<long>(
        "queue.messages.poisoned",
        "{message}",
        "Messages put into a poison queue."
    );

    public static readonly Histogram<double> InvocationDuration = Meter.CreateHistogram<double>(
        "faas.invoke_duration",
        "s",
        "One run of a function that a message or a timer started."
    );

    public static readonly Histogram<double> TimerLateness = Meter.CreateHistogram<double>(
        "timer.lateness",
        "s",
        "From when a timer was due to when it fired."
    );

    /// <summary>Returns a timestamp if the instrument is enabled, else 0.</summary>
    public static long Begin(Instrument instrument) => instrument.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Records the time since <see cref="Begin"/>; nothing if the instrument was not enabled then.</summary>
    public static void RecordSince(this Histogram<double> histogram, long begun, in TagList tags)
    {
        if (begun != 0)
        {
            histogram.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }
}
