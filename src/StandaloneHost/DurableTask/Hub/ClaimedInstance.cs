using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>An instance as it is taken over: its row, its history and what waits in its inbox.</summary>
internal sealed class ClaimedInstance
{
    public required string InstanceId { get; init; }
    public required int Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? StartAt { get; init; }
    public required Payload Input { get; init; }
    public List<HistoryEvent> History { get; } = [];
    public List<InboxMessage> Inbox { get; } = [];
}

/// <param name="MessageId">Its key; later messages have higher ones.</param>
/// <param name="InstanceId">For whom.</param>
/// <param name="Event">What its history will hold.</param>
internal sealed record InboxMessage(long MessageId, string InstanceId, HistoryEvent Event);
