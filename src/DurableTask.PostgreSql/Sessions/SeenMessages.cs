namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Remembers the inbox messages of an instance, since one may be read twice (by its push and by the sweep): all that are stored, and
/// the last ones that were deleted, which a read that began earlier may still return.</summary>
internal sealed class SeenMessages
{
    private const int MinDeleted = 1000;
    private HashSet<long>? _stored;
    private HashSet<long>? _deleted;
    private HashSet<long>? _deletedEarlier;

    /// <summary>True if messages are in the inbox that were added here.</summary>
    public bool HasStored => _stored is { Count: > 0 };

    /// <returns>False if the message was added before.</returns>
    public bool Add(long messageId) =>
        _deleted?.Contains(messageId) != true && _deletedEarlier?.Contains(messageId) != true && (_stored ??= []).Add(messageId);

    /// <summary>Records that a commit has deleted messages from the inbox.</summary>
    public void Deleted(IReadOnlyCollection<long> messageIds)
    {
        if (messageIds.Count == 0)
        {
            return;
        }

        if (_deleted is { Count: >= MinDeleted })
        {
            _deletedEarlier = _deleted;
            _deleted = null;
        }

        _stored?.ExceptWith(messageIds);
        (_deleted ??= []).UnionWith(messageIds);
    }
}
