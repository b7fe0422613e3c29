using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Everything that one turn of one instance changes, committed as a whole. The effects of the turn follow its commit.</summary>
internal abstract class TurnCommit
{
    public required string InstanceId { get; init; }
    public required long Incarnation { get; init; }
    public required long Fence { get; init; }

    /// <summary>The generation in which the turn began: the row must still be in it.</summary>
    public required int HeldGeneration { get; init; }

    /// <summary>The generation in which the turn ended: that of its events.</summary>
    public required int Generation { get; init; }

    /// <summary>The number of the first of <see cref="Events"/> within the generation.</summary>
    public required int Sequence { get; init; }

    /// <summary>UTF-8 JSON array of history events; empty for a release without any.</summary>
    public required byte[] Events { get; init; }

    /// <summary>The instance's row, in the commit of its first turn.</summary>
    public NewInstance? Insert { get; init; }

    /// <summary>The changes to the row; <see langword="null"/> if there are none.</summary>
    public InstanceUpdate? Update { get; init; }

    /// <summary>Instances that this one starts.</summary>
    public IReadOnlyList<NewInstance> Children { get; set; } = [];

    /// <summary>Inbox messages that the turn has taken into history.</summary>
    public IReadOnlyList<long> ConsumedMessages { get; init; } = [];

    /// <summary>Messages to other instances.</summary>
    public IReadOnlyList<OutgoingMessage> Messages { get; set; } = [];

    /// <summary>The messages as they were stored, with their keys; empty if that is not known.</summary>
    public List<StoredMessage> StoredMessages { get; } = [];

    /// <summary>Texts for the other processes.</summary>
    public IReadOnlyList<string> Notifications { get; init; } = [];

    /// <summary>True if no caller waits for it and it starts nothing, so that it may be delayed to share a commit with others.</summary>
    public bool MayWait { get; init; }

    /// <summary>True for a start with its first turn, which may be delayed while other turns are being written.</summary>
    public bool IsFirstTurn { get; init; }

    /// <summary>True after a write whose outcome is unknown (the connection broke), so the rows may be there already.</summary>
    public bool MayBeCommitted { get; set; }

    /// <summary>True if no process owns the instance after the turn.</summary>
    public bool GivesUpInstance => (Insert?.CompletedAt ?? Update?.CompletedAt) is not null || Update is { Keep: false };

    /// <summary>Rejections because of a taken id after which no instance of that id was found.</summary>
    public int UnchangedAttempts { get; set; }

    /// <summary>True for a start that its caller has given up. It is not written unless it may be there already: it was never
    /// acknowledged.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>True after one of the calls below.</summary>
    public abstract bool IsSettled { get; }

    /// <summary>Called when the changes are durable.</summary>
    public abstract void OnCommitted();

    /// <summary>Called when the changes are durable, and another process has taken the instance over since: its activities and timers are
    /// that process's.</summary>
    public abstract void OnTakenOver();

    /// <summary>Called when another process owns the instance, or, for a first turn, when the id is taken.</summary>
    public abstract void OnLost();

    /// <summary>Called when this worker stops before the write; the process that takes the instance over repeats the turn.</summary>
    public abstract void OnStopped();

    /// <summary>Called when the changes can never be written.</summary>
    public abstract void OnFailed(Exception exception);

    /// <summary>Called when the writer failed, before or after the commit: the instance must continue from what is stored.</summary>
    public abstract void OnUnknown(Exception exception);
}

/// <summary>A row of <c>taskhub.instances</c> to be inserted.</summary>
internal sealed record NewInstance
{
    public required string InstanceId { get; init; }
    public required long Incarnation { get; init; }
    public required ExecutionStartedEvent Start { get; init; }

    /// <summary>The names of <see cref="global::DurableTask.Core.OrchestrationStatus"/>.</summary>
    public required string Status { get; init; }

    public required DateTime CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; init; }
    public DateTime? CompletedAt { get; init; }
    public DateTime? StartAt { get; init; }
    public int Generation { get; init; }

    /// <summary>The current generation's; <see langword="null"/> for that of the start.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>The worker that holds it; <see langword="null"/> if any worker may claim it.</summary>
    public string? Owner { get; init; }

    public string? Input { get; init; }
    public string? Output { get; init; }
    public string? CustomStatus { get; init; }
    public byte[]? Failure { get; init; }
}

/// <summary>The changeable part of a row of <c>taskhub.instances</c>.</summary>
internal sealed record InstanceUpdate
{
    public required string ExecutionId { get; init; }
    public required string Status { get; init; }
    public required DateTime UpdatedAt { get; init; }
    public DateTime? CompletedAt { get; init; }

    /// <summary>For a release: when the instance must be claimed again.</summary>
    public DateTime? WakeAt { get; init; }

    /// <summary>False to release the instance: its owner forgets it.</summary>
    public bool Keep { get; init; } = true;

    /// <summary>Set if the instance continued as new; <see langword="null"/> leaves the input as it is.</summary>
    public string? Input { get; init; }

    public string? Output { get; init; }
    public string? CustomStatus { get; init; }
    public byte[]? Failure { get; init; }
}

/// <param name="InstanceId">The receiver.</param>
/// <param name="ExecutionId">The receiver's generation; <see langword="null"/> for the current one.</param>
/// <param name="Event">The event for the receiver's history.</param>
internal sealed record OutgoingMessage(string InstanceId, string? ExecutionId, HistoryEvent Event);

/// <param name="MessageId">The key of its row; later messages have higher ones.</param>
/// <param name="InstanceId">The receiver.</param>
/// <param name="ExecutionId">The receiver's generation; <see langword="null"/> for the current one.</param>
/// <param name="Event">The event for the receiver's history.</param>
internal sealed record StoredMessage(long MessageId, string InstanceId, string? ExecutionId, HistoryEvent Event);
