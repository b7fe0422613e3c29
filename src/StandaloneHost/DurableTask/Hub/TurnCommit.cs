using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>All that one turn of one instance changes, to be committed as a whole. What the turn asked for happens after that.</summary>
internal abstract class TurnCommit
{
    public required string InstanceId { get; init; }
    public required int Generation { get; init; }

    /// <summary>The number of the first of <see cref="Events"/>: with id and generation the key that settles who may write.</summary>
    public required int Sequence { get; init; }

    /// <summary>UTF-8 JSON array of history events; empty only when the instance is released without any.</summary>
    public required byte[] Events { get; init; }

    /// <summary>The instance's row, in the commit of its first turn.</summary>
    public NewInstance? Insert { get; init; }

    /// <summary>What changes in the row; <see langword="null"/> when nothing does.</summary>
    public InstanceUpdate? Update { get; init; }

    /// <summary>Instances that this one starts.</summary>
    public IReadOnlyList<NewInstance> Children { get; init; } = [];

    /// <summary>Inbox messages that the turn has taken into history.</summary>
    public IReadOnlyList<long> ConsumedMessages { get; init; } = [];

    /// <summary>Messages to other instances.</summary>
    public IReadOnlyList<OutgoingMessage> Messages { get; init; } = [];

    /// <summary>Texts for the other processes.</summary>
    public IReadOnlyList<string> Notifications { get; init; } = [];

    /// <summary>Nothing waits for it: it asks for nothing and answers nobody, and so may wait a moment for the company of others.</summary>
    public bool MayWait { get; init; }

    /// <summary>A write was tried whose outcome is unknown (the connection broke), so the rows may stand already.</summary>
    public bool MayStandAlready { get; set; }

    /// <summary>A start that nobody waits for any more. Unless it may stand already, it is not written at all: it was never acknowledged.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>The changes are durable.</summary>
    public abstract void OnCommitted();

    /// <summary>Another process has gone on with the instance; or, for a first turn, the id is taken.</summary>
    public abstract void OnLost();

    /// <summary>This worker is stopping and writes no more; whoever takes the instance over makes the turn again.</summary>
    public abstract void OnStopped();

    /// <summary>The changes cannot be written, now or later.</summary>
    public abstract void OnFailed(Exception exception);
}

/// <summary>A row of <c>taskhub.instances</c> as it is inserted, with the first of its history.</summary>
internal sealed record NewInstance
{
    public required string InstanceId { get; init; }
    public required ExecutionStarted Start { get; init; }
    public required InstanceStatus Status { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>The worker that holds it; <see langword="null"/> when it waits for its start time.</summary>
    public string? Owner { get; init; }

    /// <summary>JSON object; <see langword="null"/> for none.</summary>
    public string? Tags { get; init; }

    public Payload Output { get; init; }
    public Payload CustomStatus { get; init; }
    public byte[]? Failure { get; init; }

    /// <summary>Whether its durations are recorded. Not in the row: after a takeover every instance's are.</summary>
    public bool IsMeasured { get; init; } = true;
}

/// <summary>The changeable part of a row of <c>taskhub.instances</c>.</summary>
internal sealed record InstanceUpdate
{
    public required int Generation { get; init; }
    public required InstanceStatus Status { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When the instance must be looked at again, once it is released.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>False to release the instance: its owner forgets it.</summary>
    public bool Keep { get; init; } = true;

    /// <summary>Set when the instance continues as new; none leaves the input as it is.</summary>
    public Payload Input { get; init; }

    public Payload Output { get; init; }
    public Payload CustomStatus { get; init; }
    public byte[]? Failure { get; init; }
}

/// <param name="InstanceId">To whom.</param>
/// <param name="Event">What its history will hold.</param>
internal sealed record OutgoingMessage(string InstanceId, HistoryEvent Event);
