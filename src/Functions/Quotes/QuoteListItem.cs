using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>One of the symbols of a <c>GET quotes</c> request.</summary>
/// <param name="Name">The canonical symbol; the caller's own text if it is invalid.</param>
/// <param name="Request">The request for the symbol; <see langword="null"/> if the text is invalid.</param>
/// <param name="Fault">The rule that the text breaks; <see langword="null"/> for a valid symbol.</param>
public sealed record QuoteListItem(string Name, QuoteRequest? Request, InvalidParameter? Fault)
{
    private const int LongestName = 64;

    /// <param name="text">As the caller wrote it.</param>
    /// <param name="asked">All but the symbol.</param>
    /// <param name="catalogue">Reads the symbol.</param>
    internal static QuoteListItem Read(string text, QuoteRequest asked, InstrumentCatalogue catalogue) =>
        catalogue.TryRead(text, out var symbol, out var rule)
            ? new QuoteListItem(symbol.ToString(), asked with { Symbol = symbol }, null)
            : new QuoteListItem(text.Length <= LongestName ? text : text[..LongestName], null, new InvalidParameter("symbols", text, rule));
}
