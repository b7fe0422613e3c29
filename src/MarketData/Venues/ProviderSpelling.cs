namespace Quorum.MarketData;

/// <summary>The spellings of symbols that the reference data lack, by the venue table (rule N20).</summary>
public static class ProviderSpelling
{
    /// <summary>The symbol as the provider writes it; <see langword="null"/> when the provider does not list the venue or the table lacks
    /// it.</summary>
    /// <param name="symbol">Canonical.</param>
    public static string? Of(ProviderId provider, Symbol symbol)
    {
        if (CurrencyPair.Of(symbol) is { } pair)
        {
            return Of(provider, pair);
        }

        var venue = symbol.Venue is { } mic ? Venue.Find(mic) : Venue.NewYork;
        return venue?.Spell(provider, venue.IsUnitedStates ? UsTicker.Spell(provider, symbol.Ticker) : Local(provider, symbol.Ticker));
    }

    /// <summary>A currency pair as the provider writes it; <see langword="null"/> when it is not asked for currencies.</summary>
    private static string? Of(ProviderId provider, CurrencyPair pair) =>
        provider == ProviderId.Massive ? $"C:{pair.Base}{pair.Quote}"
        : provider == ProviderId.Eodhd ? $"{pair.Base}{pair.Quote}.FOREX"
        : provider == ProviderId.Alpaca ? null
        : pair.ToString();

    /// <summary>Vendors that put the venue after a point write classes with a hyphen: <c>BT-A.L</c>.</summary>
    private static string Local(ProviderId provider, string ticker) =>
        provider == ProviderId.TwelveData ? ticker : ticker.Replace('.', '-');
}
