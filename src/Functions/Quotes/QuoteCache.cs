using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>The latest consolidated quotes that this process published or read, one for each symbol and selection of providers, so that a
/// caller who accepts one of some age needs no PostgreSQL. Bounded: the one replaced longest ago goes first.</summary>
public sealed class QuoteCache(IOptions<QuoteOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Symbol, ProviderSelection), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byReplacement = [];
    private readonly int _capacity = options.Value.QuotesAtHand;

    /// <summary>The latest quote of all the providers asked.</summary>
    public bool TryFind(Symbol symbol, ProviderSelection providers, [NotNullWhen(true)] out PublishedQuote? quote)
    {
        lock (_gate)
        {
            quote = _entries.TryGetValue((symbol, providers), out var node) ? node.Value.Quote : null;
            return quote is not null;
        }
    }

    /// <summary>The latest quote on which some of the providers agreed, until there is a later one of all; <see langword="null"/> when
    /// there is none.</summary>
    public PublishedQuote? FindAgreed(Symbol symbol, ProviderSelection providers)
    {
        lock (_gate)
        {
            return _entries.TryGetValue((symbol, providers), out var node) ? node.Value.Agreed : null;
        }
    }

    /// <summary>Keeps the quote unless a later one is there, or it is from the future by this process's clock, or it rests on stored quotes
    /// alone: then a caller rather has the providers asked.</summary>
    public void Keep(PublishedQuote quote, ProviderSelection providers)
    {
        var now = time.GetUtcNow();
        if (_capacity == 0 || quote.Price is null || quote.Completeness is Completeness.Stale || quote.IsFromFuture(now))
        {
            return;
        }

        var key = (quote.Symbol, providers);
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                var (complete, agreed) = (node.Value.Quote, node.Value.Agreed);
                if (IsLater(complete) || (quote.Agreeing is not null && IsLater(agreed)))
                {
                    return;
                }

                node.Value = quote.Agreeing is not null
                    ? node.Value with
                    {
                        Agreed = quote,
                    }
                    : node.Value with
                    {
                        Quote = quote,
                        Agreed = IsLater(agreed) ? agreed : null,
                    };
                _byReplacement.Remove(node);
                _byReplacement.AddLast(node);
                return;
            }

            if (_entries.Count >= _capacity && _byReplacement.First is { } oldest)
            {
                _entries.Remove(oldest.Value.Key);
                _byReplacement.Remove(oldest);
            }

            _entries.Add(key, _byReplacement.AddLast(quote.Agreeing is null ? new Entry(key, quote, null) : new Entry(key, null, quote)));
        }

        // After the clock was set back, a quote that was kept before may be from the future: any other one replaces it.
        bool IsLater(PublishedQuote? kept) => kept?.PublishedAt > quote.PublishedAt && !kept.IsFromFuture(now);
    }

    /// <param name="Quote">The latest one of all providers.</param>
    /// <param name="Agreed">The latest one on which some agreed, if it is later.</param>
    private readonly record struct Entry((Symbol, ProviderSelection) Key, PublishedQuote? Quote, PublishedQuote? Agreed);
}
