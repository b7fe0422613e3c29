using System.Collections.Immutable;
using System.Text.Json;

namespace Microsoft.DurableTask.Client;

/// <summary>What is known of an instance from outside.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    public string Name { get; } = name;

    public string InstanceId { get; } = instanceId;

    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>JSON; <see langword="null"/> when there is none, or when inputs and outputs were not asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <inheritdoc cref="SerializedInput"/>
    public string? SerializedOutput { get; init; }

    /// <inheritdoc cref="SerializedInput"/>
    public string? SerializedCustomStatus { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Why it failed; <see langword="null"/> unless it did.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>How payloads are read; set when inputs and outputs were asked for.</summary>
    internal JsonSerializerOptions? Json { get; init; }

    /// <exception cref="InvalidOperationException">The instance was queried without inputs and outputs.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    /// <inheritdoc cref="ReadInputAs{T}"/>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    /// <inheritdoc cref="ReadInputAs{T}"/>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    public override string ToString() =>
        $"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus}, CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}]";

    private T? Read<T>(string? json)
    {
        if (Json is null)
        {
            throw new InvalidOperationException("The instance was queried without its inputs and outputs; ask with getInputsAndOutputs: true.");
        }

        return json is null ? default : JsonSerializer.Deserialize<T>(json, Json);
    }
}
