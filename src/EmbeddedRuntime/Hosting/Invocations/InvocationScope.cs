using System.Collections;

namespace Quorum.EmbeddedRuntime.Hosting.Invocations;

/// <summary>What every log line of an invocation carries; put into words only when a logger asks.</summary>
internal sealed class InvocationScope(Invocation invocation) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => invocation.Activity is null && invocation.Orchestration is null ? 2 : 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("AzureFunctions_FunctionName", invocation.Function.Name),
        1 => new("AzureFunctions_InvocationId", invocation.InvocationId),
        2 when invocation.Activity is { } activity => new("InstanceId", activity.InstanceId),
        2 when invocation.Orchestration is { } orchestration => new("InstanceId", orchestration.InstanceId),
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
