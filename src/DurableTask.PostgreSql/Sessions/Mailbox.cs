using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The messages of one instance that wait for a turn or are in the current one. Used under the session's lock.</summary>
internal sealed class Mailbox(string instanceId)
{
    private readonly SeenMessages _seen = new();
    private readonly List<long> _taken = [];
    private List<long> _consumed = [];
    private List<Mail> _waiting = [];
    private List<Mail> _turn = [];

    /// <summary>True if no message waits for a turn.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>True if turns have taken messages of the inbox that are still stored there.</summary>
    public bool HasConsumed => _consumed.Count > 0;

    /// <summary>True if messages are in the inbox that were added here: waiting, taken, or consumed by a turn that is not written.</summary>
    public bool HasStored => _seen.HasStored;

    /// <summary>Adds a message that did not come through the inbox.</summary>
    public void Add(TaskMessage message) => _waiting.Add(new Mail(message, 0));

    /// <summary>Adds the start of the instance.</summary>
    public void Add(ExecutionStartedEvent start) =>
        Add(new TaskMessage { Event = start, OrchestrationInstance = start.OrchestrationInstance });

    /// <summary>Adds a message of the inbox, unless it was added before.</summary>
    public void Add(StoredMessage message)
    {
        if (!_seen.Add(message.MessageId))
        {
            return;
        }

        var instance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = message.ExecutionId };
        _waiting.Add(new Mail(new TaskMessage { Event = message.Event, OrchestrationInstance = instance }, message.MessageId));
    }

    /// <summary>Takes the waiting messages for a turn; those to earlier generations are left out. A rewind has a turn of its own.</summary>
    public List<TaskMessage> TakeTurn(string executionId)
    {
        (_turn, _waiting) = (_waiting, _turn);
        _waiting.Clear();
        var rewind = _turn.FindIndex(static mail => mail.Message.Event is ExecutionRewoundEvent);
        if (rewind >= 0)
        {
            var count = Math.Max(rewind, 1);
            _waiting.AddRange(_turn.Skip(count));
            _turn.RemoveRange(count, _turn.Count - count);
        }

        var messages = new List<TaskMessage>(_turn.Count);
        foreach (var mail in _turn)
        {
            if (mail.MessageId != 0)
            {
                _taken.Add(mail.MessageId);
            }

            if (mail.Message.OrchestrationInstance.ExecutionId is not { } receiver || receiver == executionId)
            {
                messages.Add(mail.Message);
            }
        }

        return messages;
    }

    /// <summary>Ends the turn: the next commit deletes its messages from the inbox.</summary>
    public void ConsumeTurn()
    {
        _consumed.AddRange(_taken);
        _taken.Clear();
        _turn.Clear();
    }

    /// <summary>Makes the messages of a turn that failed wait again, before later ones.</summary>
    public void ReturnTurn()
    {
        _taken.Clear();
        _waiting.InsertRange(0, _turn);
        _turn.Clear();
    }

    /// <summary>Takes the keys of the consumed messages for a commit.</summary>
    public List<long> TakeConsumed()
    {
        var consumed = _consumed;
        _consumed = [];
        return consumed;
    }

    /// <summary>Records that a commit with these consumed messages is written.</summary>
    public void Deleted(IReadOnlyCollection<long> messageIds) => _seen.Deleted(messageIds);

    /// <param name="Message">A message for the next turn.</param>
    /// <param name="MessageId">Its key in the inbox; 0 if it did not come through there.</param>
    private readonly record struct Mail(TaskMessage Message, long MessageId);
}
