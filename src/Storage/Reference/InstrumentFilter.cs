using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>Which instruments to find; what is <see langword="null"/> does not restrict.</summary>
/// <param name="Text">How the symbol, the ISIN, the name or a word of the name begins, in any case.</param>
/// <param name="Venue">The venue of the listing. A segment's code means its operating venue.</param>
/// <param name="Currency">What the instrument trades in.</param>
public sealed record InstrumentFilter(string? Text = null, Mic? Venue = null, CurrencyCode? Currency = null)
{
    internal bool Admits(Instrument instrument) =>
        (Venue is not { } venue || Operating(instrument.Venue) == Operating(venue))
        && (Currency is not { } currency || instrument.Currency == currency)
        && (Text is not { } text || Begins(instrument, text));

    private static Mic Operating(Mic mic) => MarketData.Venue.Find(mic)?.Mic ?? mic;

    private static bool Begins(Instrument instrument, string text)
    {
        if (instrument.Symbol.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)
            || instrument.Isin?.StartsWith(text, StringComparison.OrdinalIgnoreCase) is true)
        {
            return true;
        }

        var name = instrument.Name.AsSpan();
        for (var at = 0; at < name.Length; at++)
        {
            if ((at == 0 || (!char.IsLetterOrDigit(name[at - 1]) && char.IsLetterOrDigit(name[at])))
                && name[at..].StartsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
