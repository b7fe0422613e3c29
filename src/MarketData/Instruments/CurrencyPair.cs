using System.Diagnostics.CodeAnalysis;

namespace Quorum.MarketData;

/// <summary>A pair of currencies as an instrument: its price is the amount of <see cref="Quote"/> for one unit of <see cref="Base"/>. It
/// has no venue; its canonical symbol is both codes together, such as <c>EURUSD</c>.</summary>
public readonly record struct CurrencyPair
{
    private const int CodeLength = 3;

    /// <summary>The order in which the market names the currencies of a pair; those that are missing stand in alphabetical order before the
    /// last.</summary>
    private static readonly string[] First = ["EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF"];

    private const string Last = "JPY";

    private CurrencyPair(CurrencyCode baseCurrency, CurrencyCode quoteCurrency) => (Base, Quote) = (baseCurrency, quoteCurrency);

    public CurrencyCode Base { get; }

    /// <summary>The currency of the price.</summary>
    public CurrencyCode Quote { get; }

    public Symbol Symbol => Symbol.Parse($"{Base}{Quote}");

    /// <summary>The pair of two currencies in the direction in which the market quotes it: <c>EURUSD</c>, never <c>USDEUR</c>.</summary>
    /// <exception cref="ArgumentException">The currencies are the same.</exception>
    public static CurrencyPair Of(CurrencyCode one, CurrencyCode other)
    {
        if (one == other)
        {
            throw new ArgumentException($"The currencies of a pair must differ; got {one} twice.", nameof(other));
        }

        var isOrdered =
            RankOf(one).CompareTo(RankOf(other)) is var order && order != 0
                ? order < 0
                : string.CompareOrdinal(one.ToString(), other.ToString()) < 0;
        return isOrdered ? new CurrencyPair(one, other) : new CurrencyPair(other, one);
    }

    /// <summary>The pair that a symbol without a venue names; <see langword="null"/> for any other symbol. A ticker that the reference data
    /// list is that listing, and none of this type's concern.</summary>
    public static CurrencyPair? Of(Symbol symbol) => symbol.Venue is null && TryParse(symbol.Ticker, out var pair) ? pair : null;

    /// <summary>Reads both codes in upper case, without anything between them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CurrencyPair pair)
    {
        pair = default;
        if (
            text is not { Length: 2 * CodeLength }
            || !CurrencyCode.TryParse(text[..CodeLength], out var baseCurrency)
            || !CurrencyCode.TryParse(text[CodeLength..], out var quoteCurrency)
            || baseCurrency == quoteCurrency
        )
        {
            return false;
        }

        pair = new CurrencyPair(baseCurrency, quoteCurrency);
        return true;
    }

    /// <summary>Returns the usual spelling: <c>EUR/USD</c>.</summary>
    public override string ToString() => $"{Base}/{Quote}";

    private static int RankOf(CurrencyCode currency)
    {
        var code = currency.ToString();
        return Array.IndexOf(First, code) is >= 0 and var rank ? rank
            : code == Last ? First.Length + 1
            : First.Length;
    }
}
