using System.Diagnostics;
using Quorum.MarketData;

namespace Quorum.Faults;

/// <summary>Each provider with each of the given faults, one at a time, and all pairs of failing providers.</summary>
internal sealed class ProviderCells(TestBed bed, FaultArguments arguments, Action<string> report)
{
    /// <summary>The maximum time until a circuit opens: half of the calls of the last 30 s must have failed.</summary>
    private static readonly TimeSpan MaxUntilOpen = TimeSpan.FromSeconds(40);

    private readonly Recoveries _recoveries = new(bed.QuoteClient);
    private readonly List<Cell> _cells = [];

    public async Task<IReadOnlyList<Cell>> BreakEachAsync(IEnumerable<ProviderFault> faults, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            foreach (var provider in ProviderId.All.Where(provider => arguments.Wants($"{provider} {fault.Name}")))
            {
                await BreakAsync(fault.Name, new() { [provider] = fault }, cancellationToken);
            }

            await FinishAsync(fault.Name, cancellationToken);
        }

        return _cells;
    }

    /// <summary>Lets three providers at a time fail until their circuits open; each must count again within one break duration.</summary>
    public async Task<IReadOnlyList<Cell>> BreakUntilOpenAsync(ProviderFault fault, CancellationToken cancellationToken)
    {
        var name = $"{fault.Name} until the circuit opens";
        foreach (var three in ProviderId.All.Chunk(3))
        {
            var target = string.Join(" + ", three);
            if (!arguments.Wants($"{target} {name}"))
            {
                continue;
            }

            report($"{target}: {name}");
            foreach (var provider in three)
            {
                await bed.BreakAsync(provider, fault, cancellationToken);
            }

            var start = Stopwatch.GetTimestamp();
            var answers = new List<QuoteReply>();
            var closed = three.Select(provider => provider.ToString()).ToHashSet();
            while (closed.Count > 0 && Stopwatch.GetElapsedTime(start) < MaxUntilOpen)
            {
                var more = await bed.QuoteClient.AskAsync(arguments.Requests, cancellationToken);
                answers.AddRange(more);
                closed.RemoveWhere(provider => more.Any(answer => answer.OutcomeOf(provider) == "circuit-open"));
            }

            foreach (var provider in three)
            {
                await bed.MendAsync(provider, fault, cancellationToken);
                _recoveries.NoteMended(provider, fault.Recovery);
            }

            var cell = Cell.Judge(target, name, answers, three.ToDictionary(provider => provider.ToString(), _ => fault));
            _cells.Add(
                cell with
                {
                    Faults =
                        closed.Count == 0
                            ? cell.Faults
                            : [.. cell.Faults, $"circuit of {string.Join(", ", closed)} not open within {MaxUntilOpen.TotalSeconds:0} s"],
                }
            );
            await FinishAsync($"{target}: circuits open", cancellationToken);
        }

        return _cells;
    }

    /// <summary>Lets one provider refuse connections while the other has the given fault.</summary>
    public async Task<IReadOnlyList<Cell>> BreakPairsAsync(IEnumerable<ProviderFault> faults, CancellationToken cancellationToken)
    {
        var refused = ProviderFault.Named(ProviderFault.Refused);
        var all = ProviderId.All;
        foreach (var fault in faults)
        {
            var name = $"{refused.Name} + {fault.Name}";
            for (var i = 0; i < all.Count; i++)
            {
                for (var j = i + 1; j < all.Count; j++)
                {
                    if (arguments.Wants($"{all[i]} + {all[j]} {name}"))
                    {
                        await BreakAsync(name, new() { [all[i]] = refused, [all[j]] = fault }, cancellationToken);
                    }
                }
            }

            await FinishAsync(name, cancellationToken);
        }

        return _cells;
    }

    /// <summary>
    /// Lets two, then three providers fail at once in different ways while another one sends a wrong price: each provider is once the one
    /// with the wrong price, or three times, with other faults beside it, unless it must be quick.
    /// </summary>
    public async Task<IReadOnlyList<Cell>> BreakBesideAWrongPriceAsync(CancellationToken cancellationToken)
    {
        var lie = ProviderFault.Named("wrong price");
        ProviderFault[] kinds =
        [
            ProviderFault.Named(ProviderFault.Refused),
            ProviderFault.Named("503"),
            ProviderFault.Named("slow headers"),
            ProviderFault.Named("truncated"),
            ProviderFault.Named("429, Retry-After"),
        ];
        var all = ProviderId.All;
        foreach (var failing in (int[])[2, 3])
        {
            for (var round = 0; round < (arguments.Quick ? 1 : 3); round++)
            {
                for (var liar = 0; liar < all.Count; liar++)
                {
                    var faults = new Dictionary<ProviderId, ProviderFault> { [all[liar]] = lie };
                    for (var place = 0; place < failing; place++)
                    {
                        faults[all[(liar + 1 + round + place) % all.Count]] = kinds[(liar + round + place) % kinds.Length];
                    }

                    var name = string.Join(" + ", faults.Values.Select(fault => fault.Name));
                    if (arguments.Wants($"{string.Join(" + ", faults.Keys)} {name}"))
                    {
                        await BreakAsync(name, faults, cancellationToken);
                    }
                }
            }

            await FinishAsync($"{failing} beside a wrong price", cancellationToken);
        }

        return _cells;
    }

    private async Task BreakAsync(string name, Dictionary<ProviderId, ProviderFault> faults, CancellationToken cancellationToken)
    {
        if (!_recoveries.HasRoomFor(faults.Keys))
        {
            await _recoveries.WaitAsync(cancellationToken);
        }

        var target = string.Join(" + ", faults.Keys);
        report($"{target}: {name}");
        foreach (var (provider, fault) in faults)
        {
            await bed.BreakAsync(provider, fault, cancellationToken);
        }

        var answers = await bed.QuoteClient.AskAsync(arguments.Requests, cancellationToken);
        _recoveries.Note(answers);
        foreach (var (provider, fault) in faults)
        {
            await bed.MendAsync(provider, fault, cancellationToken);
            _recoveries.NoteMended(provider, fault.Recovery);
        }

        _cells.Add(Cell.Judge(target, name, answers, faults.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value)));
    }

    private async Task FinishAsync(string name, CancellationToken cancellationToken)
    {
        if (await _recoveries.FinishAsync(name, cancellationToken) is { } cell)
        {
            _cells.Add(cell);
        }
    }
}
