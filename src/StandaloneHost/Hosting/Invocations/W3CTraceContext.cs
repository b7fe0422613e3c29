using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>
/// The trace context of an invocation: of the current span, else of the caller, else a new one that is not recorded, so that an answer and
/// a log record can always be matched.
/// </summary>
internal sealed class W3CTraceContext(string traceParent, string traceState) : TraceContext
{
    public override string TraceParent { get; } = traceParent;

    public override string TraceState { get; } = traceState;

    public static W3CTraceContext Of(Activity? current, string? traceParent, string? traceState) =>
        current is { Id: { } id }
            ? new W3CTraceContext(id, current.TraceStateString ?? "")
            : new W3CTraceContext(traceParent ?? NewTraceParent(), traceState ?? "");

    /// <summary>Returns the value if it is a valid trace context, else <see langword="null"/>.</summary>
    public static string? Accept(string? traceParent) =>
        traceParent is not null && ActivityContext.TryParse(traceParent, traceState: null, out _) ? traceParent : null;

    public static string NewTraceParent() =>
        $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
}
