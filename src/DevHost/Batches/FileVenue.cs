namespace Quorum.DevHost.Batches;

/// <summary>Reads the column of a user's file that has the exchange of each line.</summary>
internal static class FileVenue
{
    /// <summary>Headings in the order of preference, without case, spaces and punctuation.</summary>
    private static readonly string[] Headings =
    [
        "mic",
        "miccode",
        "exchangemic",
        "listingexchange", // Interactive Brokers, beside the exchange of the trade
        "primaryexchange",
        "exchange",
        "exchangecode",
        "stockexchange",
        "venue",
        "börse",
        "boerse",
        "handelsplatz",
        "börsenplatz",
        "bourse",
        "borsa",
        "beurs",
        "bolsa",
    ];

    /// <summary>The beginnings of names, and the codes, of exchanges of the United States, whose tickers need no venue.</summary>
    private static readonly string[] UnitedStates =
    [
        "NASDAQ",
        "NYSE",
        "NEWYORK",
        "AMEX",
        "ARCA",
        "ARCX",
        "BATS",
        "CBOE",
        "IEX",
        "OTC",
        "PINK",
        "US",
        "UNITEDSTATES",
        "XNAS",
        "XNGS",
        "XNMS",
        "XNCM",
        "XNYS",
        "XASE",
    ];

    private const int MicLength = 4;

    /// <summary>Returns the column from 0; <see langword="null"/> for a file without one.</summary>
    public static int? FindColumn(string[] headings) => SymbolColumn.FindPreferred(headings, Headings);

    /// <summary>Returns the exchange of a cell; <see langword="null"/> for none, and for one of the United States.</summary>
    public static string? Read(string cell)
    {
        var text = cell.Trim();
        var name = string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return name.Length == 0 || Array.Exists(UnitedStates, known => name.StartsWith(known, StringComparison.Ordinal)) ? null : text;
    }

    /// <summary>Adds the exchange to a ticker that names none, if it is the ISO 10383 code of an exchange (X and three letters), as in
    /// <c>VOD:XLON</c>.</summary>
    public static string Qualify(string ticker, string? exchange) =>
        exchange is { Length: MicLength } mic && mic[0] == 'X' && mic.All(char.IsAsciiLetterUpper) && IsBare(ticker)
            ? $"{ticker}:{mic}"
            : ticker;

    /// <summary>True for a ticker without a venue in any spelling.</summary>
    public static bool IsBare(string text) =>
        text.Length > 0
        && SymbolText.FindIsin(text) is null
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
