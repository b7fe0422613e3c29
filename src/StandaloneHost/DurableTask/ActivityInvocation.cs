namespace Quorum.StandaloneHost.DurableTask;

/// <summary>One run of an activity: which call of which instance it answers. A crash may run the same call again.</summary>
public sealed class ActivityInvocation
{
    private readonly Payload _input;
    private readonly PayloadSerializer _serializer;

    internal ActivityInvocation(string name, string instanceId, int taskId, string? traceParent, Payload input, PayloadSerializer serializer)
    {
        Name = name;
        InstanceId = instanceId;
        TaskId = taskId;
        TraceParent = traceParent;
        _input = input;
        _serializer = serializer;
    }

    public string Name { get; }

    /// <summary>The orchestration that called.</summary>
    public string InstanceId { get; }

    /// <summary>The call's number within its orchestration: with the instance id, the key of the call.</summary>
    public int TaskId { get; }

    /// <summary>W3C trace context of the orchestration; <see langword="null"/> when it was started outside of any trace.</summary>
    public string? TraceParent { get; }

    public T? GetInput<T>() => _serializer.Deserialize<T>(_input);

    public object? GetInput(Type type) => _serializer.Deserialize(_input, type);
}
