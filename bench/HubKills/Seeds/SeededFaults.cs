using System.Collections.Concurrent;
using Quorum.HubKills.Relay;

namespace Quorum.HubKills.Seeds;

/// <summary>Chooses the faults of a seed: the n-th request at a point has always the same fate.</summary>
public sealed class SeededFaults(int seed)
{
    /// <summary>Faults of one seed at most, so that its work ends.</summary>
    public const int Most = 20;

    private readonly ConcurrentDictionary<string, int> _passes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Point, Fate Fate), int> _applied = new();
    private int _count;
    private volatile bool _isOver;

    /// <summary>The number of faults by point and kind.</summary>
    public IReadOnlyDictionary<(string Point, Fate Fate), int> Applied => _applied;

    /// <summary>Ends the faults.</summary>
    public void End() => _isOver = true;

    public Fate Decide(PostgresRequest request)
    {
        var point = request.Points[0];
        var pass = _passes.AddOrUpdate(point, 0, static (_, earlier) => earlier + 1);
        var chance = Mix(seed, "", 0) % 4 == 0 ? 30u : 10u; // percent: some seeds are stormy
        var draw = Mix(seed, point, pass);
        if (_isOver || draw % 100 >= chance || Interlocked.Increment(ref _count) > Most)
        {
            return Fate.Pass;
        }

        var fate = (Fate)(1 + (draw / 100 % 4));
        _applied.AddOrUpdate((point, fate), 1, static (_, earlier) => earlier + 1);
        return fate;
    }

    // FNV-1a, then a mix of the bits: the same in every process, unlike string.GetHashCode.
    private static uint Mix(int seed, string point, int pass)
    {
        var hash = 2166136261;
        foreach (var c in $"{seed}/{point}/{pass}")
        {
            hash = (hash ^ c) * 16777619;
        }

        hash = (hash ^ (hash >> 15)) * 0x2c1b3c6d;
        hash = (hash ^ (hash >> 12)) * 0x297a2d39;
        return hash ^ (hash >> 15);
    }
}
