namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Remembers the last inbox messages of an instance, since one may be read twice (by its push and by the sweep).
/// Bounded.</summary>
internal sealed class SeenMessages
{
    private const int Generation = 1000;
    private HashSet<long>? _recent;
    private HashSet<long>? _earlier;

    /// <returns>False if the message was added before.</returns>
    public bool Add(long messageId)
    {
        if (_earlier?.Contains(messageId) == true)
        {
            return false;
        }

        _recent ??= [];
        if (_recent.Count >= Generation)
        {
            _earlier = _recent;
            _recent = [];
            return !_earlier.Contains(messageId) && _recent.Add(messageId);
        }

        return _recent.Add(messageId);
    }
}
