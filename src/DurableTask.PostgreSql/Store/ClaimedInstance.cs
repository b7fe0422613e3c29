using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>An instance as a worker takes it over: its row, its history and its inbox.</summary>
internal sealed class ClaimedInstance
{
    public required string InstanceId { get; init; }
    public required long Incarnation { get; init; }
    public required long Fence { get; init; }
    public required int Generation { get; init; }
    public required string ExecutionId { get; init; }
    public required string? Input { get; init; }
    public required IDictionary<string, string>? Tags { get; init; }
    public required string Status { get; init; }
    public required string? CustomStatus { get; init; }

    /// <summary>The generation of the parent that awaits the result; <see langword="null"/> if there is none, or its history has
    /// it.</summary>
    public required string? ParentExecutionId { get; init; }

    /// <summary>The stored events in order, as <see cref="Quorum.DurableTask.PostgreSql.History.HistoryEventReader"/> reads them.</summary>
    public List<HistoryEvent> Stored { get; } = [];

    public List<StoredMessage> Inbox { get; } = [];

    /// <summary>The reason why history or inbox cannot be read; <see langword="null"/> if they can.</summary>
    public Exception? Fault { get; set; }
}
