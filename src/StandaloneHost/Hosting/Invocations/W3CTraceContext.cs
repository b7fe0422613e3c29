using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>Trace context of an invocation: of the span under way, else of the caller, else a trace of its own
/// that nobody records, so that an answer and a log line can always be brought together.</summary>
internal sealed class W3CTraceContext(string traceParent, string traceState) : TraceContext
{
    public override string TraceParent { get; } = traceParent;

    public override string TraceState { get; } = traceState;

    public static W3CTraceContext Of(Activity? current, string? traceParent, string? traceState) =>
        current is { Id: { } id }
            ? new W3CTraceContext(id, current.TraceStateString ?? "")
            : new W3CTraceContext(traceParent ?? NewTraceParent(), traceState ?? "");

    /// <summary>The value as it came when it is one, else <see langword="null"/>.</summary>
    public static string? Accept(string? traceParent) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, traceState: null, out _) ? traceParent : null;

    public static string NewTraceParent() =>
        $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
}
