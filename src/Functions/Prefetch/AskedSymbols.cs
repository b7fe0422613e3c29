using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Prefetch;

/// <summary>Counts in this process which symbols are asked for, on the way of every request: one look and one addition, no memory but for a
/// symbol's first time. Bounded: in one round only so many symbols are counted; a flood of others goes uncounted.</summary>
public sealed class AskedSymbols(IOptions<PrefetchOptions> options)
{
    private readonly int _capacity = options.Value.CountedSymbols;
    private Round _round = new();

    /// <summary>Counts a request that was answered. One that takes no stored quote is not counted, nor is one for some of the providers:
    /// prefetching could not serve them.</summary>
    public void Count(QuoteRequest request)
    {
        if (request.MaxAge > TimeSpan.Zero && request.Providers.IsAll)
        {
            Count(request.Symbol);
        }
    }

    /// <summary>Returns the counts since the last call, and begins a new round.</summary>
    public IReadOnlyList<(Symbol Symbol, int Count)> Take()
    {
        var counts = Interlocked.Exchange(ref _round, new Round()).Counts;
        return counts.IsEmpty ? [] : [.. counts.Select(entry => (entry.Key, entry.Value.Value))];
    }

    private void Count(Symbol symbol)
    {
        var round = Volatile.Read(ref _round);
        if (!round.Counts.TryGetValue(symbol, out var counter))
        {
            if (Volatile.Read(ref round.Symbols) >= _capacity)
            {
                return;
            }

            Interlocked.Increment(ref round.Symbols); // At worst some threads count the same symbol: the bound is a little lower then.
            counter = round.Counts.GetOrAdd(symbol, static _ => new Counter());
        }

        Interlocked.Increment(ref counter.Value);
    }

    private sealed class Round
    {
        public readonly ConcurrentDictionary<Symbol, Counter> Counts = new();
        public int Symbols;
    }

    private sealed class Counter
    {
        public int Value;
    }
}
