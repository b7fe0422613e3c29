using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A filter of instruments; <see langword="null"/> members do not restrict.</summary>
/// <param name="Text">
/// The beginning of the symbol, the ISIN, a provider's spelling, the name or a word of the name, ignoring case and accents; or an
/// instrument in any vendor's spelling.
/// </param>
/// <param name="Venue">The venue of the listing. A segment's code means its operating venue.</param>
/// <param name="Currency">The trading currency.</param>
public sealed record InstrumentFilter(string? Text = null, Mic? Venue = null, CurrencyCode? Currency = null)
{
    /// <summary>The text without accents, as names are compared.</summary>
    private readonly string? _plain = Text is null ? null : PlainText.Of(Text);

    /// <param name="listings">The instrument's listings at the providers.</param>
    /// <param name="meant">The instrument that the whole text means as a symbol; <see langword="null"/> for none.</param>
    internal bool Admits(Instrument instrument, IReadOnlyList<ProviderListing> listings, Symbol? meant) =>
        (Venue is not { } venue || Operating(instrument.Venue) == Operating(venue))
        && (Currency is not { } currency || instrument.Currency == currency)
        && (Text is not { } text || instrument.Symbol == meant || Begins(instrument, listings, text));

    private static Mic Operating(Mic mic) => MarketData.Venue.Find(mic)?.Mic ?? mic;

    private bool Begins(Instrument instrument, IReadOnlyList<ProviderListing> listings, string text)
    {
        if (
            instrument.Symbol.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase)
            || instrument.Isin?.StartsWith(text, StringComparison.OrdinalIgnoreCase) is true
            || listings.Any(listing => listing.ProviderSymbol.StartsWith(text, StringComparison.OrdinalIgnoreCase))
        )
        {
            return true;
        }

        var name = PlainText.Of(instrument.Name).AsSpan();
        for (var at = 0; at < name.Length; at++)
        {
            if (
                (at == 0 || (!char.IsLetterOrDigit(name[at - 1]) && char.IsLetterOrDigit(name[at])))
                && name[at..].StartsWith(_plain, StringComparison.OrdinalIgnoreCase)
            )
            {
                return true;
            }
        }

        return false;
    }
}
