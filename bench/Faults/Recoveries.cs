using System.Diagnostics;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>The providers that were broken and have not answered since, and how long the others took from their fault's end.</summary>
internal sealed class Recoveries(Asker asker)
{
    /// <summary>The most providers that are ill at once, so that as many are well.</summary>
    private const int Most = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (long MendedAt, TimeSpan Limit)> _ill = [];
    private readonly List<string> _late = [];
    private TimeSpan _longest,
        _limit;

    /// <summary>Whether these may be broken while the others of before are still ill.</summary>
    public bool HasRoomFor(params IEnumerable<ProviderId> providers) =>
        _ill.Keys.Union(providers.Select(provider => provider.ToString())).Count() <= Most;

    public void NoteMended(ProviderId provider, TimeSpan limit)
    {
        _ill[provider.ToString()] = (Stopwatch.GetTimestamp(), limit);
        _limit = limit > _limit ? limit : _limit;
    }

    public void Note(params IEnumerable<Asked> answers)
    {
        foreach (var answer in answers)
        {
            foreach (
                var (provider, (mendedAt, limit)) in _ill.Where(pair => answer.Start >= pair.Value.MendedAt && answer.IsWell(pair.Key))
                    .ToList()
            )
            {
                var took = Stopwatch.GetElapsedTime(mendedAt, answer.Start);
                _longest = took > _longest ? took : _longest;
                _ill.Remove(provider);
                if (took > limit)
                {
                    _late.Add($"{provider} only after {took.TotalSeconds:0.0} s");
                }
            }
        }
    }

    /// <summary>Waits for all that are still ill, as long as each may take.</summary>
    /// <returns>How long those of this fault took at most; <see langword="null"/> when none was broken.</returns>
    public async Task<Cell?> FinishAsync(string fault, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        if (_limit == TimeSpan.Zero)
        {
            return null;
        }

        var cell = new Cell(
            "recovery",
            fault,
            0,
            TimeSpan.Zero,
            $"{_longest.TotalSeconds:0.0} s of {_limit.TotalSeconds:0.0} s",
            [.. _late]
        );
        _late.Clear();
        (_longest, _limit) = (TimeSpan.Zero, TimeSpan.Zero);
        return cell;
    }

    /// <summary>Waits for all that are still ill, as long as each may take.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (_ill.Count > 0)
        {
            Note(await asker.AskAsync(cancellationToken));
            foreach (
                var (provider, (mendedAt, limit)) in _ill.Where(pair => Stopwatch.GetElapsedTime(pair.Value.MendedAt) > pair.Value.Limit)
                    .ToList()
            )
            {
                _ill.Remove(provider);
                _late.Add($"{provider} not within {limit.TotalSeconds:0.0} s");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
