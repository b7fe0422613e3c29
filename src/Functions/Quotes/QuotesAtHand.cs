using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>The latest consolidated quotes that this process published or read, one for each symbol and selection of providers, so that a
/// caller who accepts one of some age needs no PostgreSQL. Bounded: the one replaced longest ago goes first.</summary>
public sealed class QuotesAtHand(IOptions<QuoteOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Symbol, ProviderSelection), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byReplacement = [];
    private readonly int _capacity = options.Value.QuotesAtHand;

    public bool TryFind(Symbol symbol, ProviderSelection providers, [NotNullWhen(true)] out PublishedQuote? quote)
    {
        lock (_gate)
        {
            quote = _entries.TryGetValue((symbol, providers), out var node) ? node.Value.Quote : null;
            return quote is not null;
        }
    }

    /// <summary>Keeps the quote unless a later one is there, or it rests on stored quotes alone: then a caller rather has the providers asked.</summary>
    public void Keep(PublishedQuote quote, ProviderSelection providers)
    {
        if (_capacity == 0 || quote.Price is null || quote.Completeness is Completeness.Stale)
        {
            return;
        }

        var key = (quote.Symbol, providers);
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                if (node.Value.Quote.PublishedAt > quote.PublishedAt)
                {
                    return;
                }

                node.Value = node.Value with { Quote = quote };
                _byReplacement.Remove(node);
                _byReplacement.AddLast(node);
                return;
            }

            if (_entries.Count >= _capacity && _byReplacement.First is { } oldest)
            {
                _entries.Remove(oldest.Value.Key);
                _byReplacement.Remove(oldest);
            }

            _entries.Add(key, _byReplacement.AddLast(new Entry(key, quote)));
        }
    }

    private readonly record struct Entry((Symbol, ProviderSelection) Key, PublishedQuote Quote);
}
