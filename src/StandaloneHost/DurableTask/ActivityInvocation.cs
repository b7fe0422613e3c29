namespace Quorum.StandaloneHost.DurableTask;

/// <summary>One run of an activity. After a crash the same call may run again.</summary>
public sealed class ActivityInvocation
{
    private readonly string? _input;
    private readonly PayloadConverter _converter;

    internal ActivityInvocation(
        string name,
        string instanceId,
        int taskId,
        string? traceParent,
        string? traceState,
        string? input,
        PayloadConverter converter
    )
    {
        Name = name;
        InstanceId = instanceId;
        TaskId = taskId;
        TraceParent = traceParent;
        TraceState = traceState;
        _input = input;
        _converter = converter;
    }

    /// <summary>The activity's name as the orchestrator gave it.</summary>
    public string Name { get; }

    /// <summary>The orchestration that called.</summary>
    public string InstanceId { get; }

    /// <summary>The call's number within its orchestration: with the instance id, the key of the call.</summary>
    public int TaskId { get; }

    /// <summary>W3C trace context of the call; <see langword="null"/> if the orchestration was started outside of any trace.</summary>
    public string? TraceParent { get; }

    /// <summary>W3C trace state of the call; <see langword="null"/> if there is none.</summary>
    public string? TraceState { get; }

    /// <summary>Returns the input; the type's default value if there is none.</summary>
    public T? GetInput<T>() => _converter.ReadArgument<T>(_input);
}
