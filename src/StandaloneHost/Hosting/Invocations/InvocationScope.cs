using System.Collections;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>
/// The log scope of an invocation, formatted only when a logger needs it. The trace id is that of the answer; while a span is current,
/// loggers take it from the span.
/// </summary>
internal sealed class InvocationScope(Invocation invocation) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private string? InstanceId => invocation.Activity?.InstanceId ?? invocation.Orchestration?.InstanceId;

    private string? TraceId =>
        System.Diagnostics.Activity.Current is null
        && (invocation.Request?.LastTraceParent ?? invocation.Activity?.TraceParent) is { Length: > 35 } parent
            ? parent[3..35]
            : null;

    public int Count => 2 + (InstanceId is null ? 0 : 1) + (TraceId is null ? 0 : 1);

    public KeyValuePair<string, object?> this[int index] =>
        index switch
        {
            0 => new("AzureFunctions_FunctionName", invocation.Function.Name),
            1 => new("AzureFunctions_InvocationId", invocation.InvocationId),
            2 when InstanceId is { } instanceId => new("InstanceId", instanceId),
            2 or 3 when TraceId is { } traceId => new("TraceId", traceId),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(", ", this.Select(pair => $"{pair.Key}={pair.Value}"));
}
