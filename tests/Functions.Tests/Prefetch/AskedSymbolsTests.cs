using Microsoft.Extensions.Options;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Prefetch;

public sealed class AskedSymbolsTests
{
    [Fact]
    public void Requests_are_counted_by_symbol_until_they_are_taken()
    {
        var asked = Asked(capacity: 10);
        asked.Count(Request("AAPL"));
        asked.Count(Request("MSFT"));
        asked.Count(Request("AAPL"));

        Assert.Equal([("AAPL", 2), ("MSFT", 1)], asked.Take().Select(count => (count.Symbol.ToString(), count.Count)).Order());
        Assert.Empty(asked.Take());
    }

    [Fact]
    public void Who_would_not_take_a_stored_quote_is_not_counted()
    {
        var asked = Asked(capacity: 10);
        asked.Count(Request("AAPL") with { MaxAge = TimeSpan.Zero });
        asked.Count(Request("AAPL") with { Providers = ProviderSelection.None.With(ProviderId.Eodhd) });

        Assert.Empty(asked.Take());
    }

    [Fact]
    public void A_flood_of_symbols_goes_uncounted_beyond_the_bound()
    {
        var asked = Asked(capacity: 3);
        for (var i = 0; i < 100; i++)
        {
            asked.Count(Request($"T{i}"));
        }

        asked.Count(Request("T0"));

        Assert.Equal([("T0", 2), ("T1", 1), ("T2", 1)], asked.Take().Select(count => (count.Symbol.ToString(), count.Count)).Order());
    }

    [Fact]
    public void Counting_a_known_symbol_takes_no_memory()
    {
        var asked = Asked(capacity: 10);
        var request = Request("VOD:XLON");
        Count(); // what the runtime itself takes the first time
        var before = GC.GetAllocatedBytesForCurrentThread();
        Count();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Count()
        {
            for (var i = 0; i < 1000; i++)
            {
                asked.Count(request);
            }
        }
    }

    private static AskedSymbols Asked(int capacity) => new(Options.Create(new PrefetchOptions { CountedSymbols = capacity }));

    private static QuoteRequest Request(string symbol) =>
        new()
        {
            Symbol = Symbol.Parse(symbol),
            Budget = TimeSpan.FromMilliseconds(200),
            MaxAge = TimeSpan.FromSeconds(5),
            Providers = ProviderSelection.All,
        };
}
