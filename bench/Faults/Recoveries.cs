using System.Diagnostics;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>
/// The providers that were broken and have not recovered yet, and the recovery times of the others from the end of their fault.
/// </summary>
internal sealed class Recoveries(QuoteClient client)
{
    /// <summary>The maximum number of providers that may be broken or still recovering when a cell begins.</summary>
    private const int MaxFailing = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (long MendedAt, TimeSpan Limit)> _ill = [];
    private readonly List<string> _late = [];
    private TimeSpan _longest,
        _limit;

    /// <summary>Returns true if these providers may be broken while others have not recovered yet.</summary>
    public bool HasRoomFor(params IEnumerable<ProviderId> providers) =>
        _ill.Keys.Union(providers.Select(provider => provider.ToString())).Count() <= MaxFailing;

    public void NoteMended(ProviderId provider, TimeSpan limit)
    {
        _ill[provider.ToString()] = (Stopwatch.GetTimestamp(), limit);
        _limit = limit > _limit ? limit : _limit;
    }

    public void Note(params IEnumerable<QuoteReply> answers)
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

    /// <summary>Waits until all providers have recovered, up to the limit of each.</summary>
    /// <returns>The longest recovery from this fault; <see langword="null"/> when none was broken.</returns>
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

    /// <summary>Waits until all providers have recovered, up to the limit of each.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (_ill.Count > 0)
        {
            Note(await client.AskAsync(cancellationToken));
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
