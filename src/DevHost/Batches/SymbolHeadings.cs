namespace Quorum.DevHost.Batches;

/// <summary>The headings, in many languages, of columns with symbols or ISINs, without case, spaces and punctuation.</summary>
internal static class SymbolHeadings
{
    /// <summary>Headings of ISINs.</summary>
    public static readonly string[] Isins =
    [
        "isin",
        "isincode",
        "isinnumber",
        "isinnummer",
        "isinno",
        "isinnr",
        "isinkod",
        "isinkode",
        "codeisin",
        "codiceisin",
        "codigoisin",
        "códigoisin",
        "isinwkn",
        "instrumentisin",
        "securityisin",
        "productisin",
    ];

    /// <summary>Headings of symbols in the order of preference: one cell below that is a symbol is enough.</summary>
    public static readonly string[] Symbols =
    [
        "symbol",
        "ticker",
        "symbols",
        "tickers",
        "tickersymbol",
        "stocksymbol",
        "symbolticker",
        "tickersymbolisin",
        "stockticker",
        "instrumentsymbol",
        "securitysymbol",
        "rootsymbol",
        "symbole",
        "simbolo",
        "símbolo",
        "kürzel",
        "symbolisin",
        "symbolorisin",
        "symbolcusip",
        "epic",
        "ric",
        "tidm",
        .. Isins,
    ];

    /// <summary>Headings that may also be those of names or of other codes: half of the cells below must be symbols.</summary>
    public static readonly string[] Others = ["instrument", "stockcode", "instrumentcode", "securityid", "code", "stock", "security"];
}
