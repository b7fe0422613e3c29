using System.Diagnostics;
using Microsoft.AspNetCore.Http;
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

    /// <summary>The id of the current span; <see langword="null"/> for none.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>Returns the caller's <c>traceparent</c>, or a new one if it sent none that is valid.</summary>
    public static string OfCaller(IHeaderDictionary headers) =>
        headers.TraceParent is [{ } traceParent] && ActivityContext.TryParse(traceParent, traceState: null, out _)
            ? traceParent
            : NewTraceParent();

    private static string NewTraceParent() =>
        $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
}
