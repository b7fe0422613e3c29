namespace Quorum.DevHost.Batches;

/// <summary>Reads the column of a user's file that has the currency of each line's price.</summary>
internal static class FileCurrency
{
    /// <summary>Headings in the order of preference, without case, spaces and punctuation.</summary>
    private static readonly string[] Headings =
    [
        "currencypriceshare", // Trading 212, whose other columns have the account's currency
        "instrumentcurrency",
        "tradingcurrency",
        "pricecurrency",
        "currencyprimary",
        "currency",
        "currencycode",
        "currencyisocode",
        "ccy",
        "curr",
        "währung",
        "waehrung",
        "handelswährung",
        "kurswährung",
        "devise",
        "divisa",
        "moneda",
        "moeda",
        "valuta",
        "valutakod",
        "valuutta",
        "waluta",
        "měna",
        "mena",
        "deviza",
        "pénznem",
        "döviz",
        "parabirimi",
        "валюта",
        "通貨",
        "货币",
        "币种",
        "통화",
    ];

    /// <summary>Returns the column from 0; <see langword="null"/> for a file without one.</summary>
    public static int? FindColumn(string[] headings) => SymbolColumn.FindPreferred(headings, Headings);

    /// <summary>Returns the ISO 4217 code of a cell, for a minor unit the one of its currency (GBX: GBP); <see langword="null"/> for another
    /// text.</summary>
    public static string? Read(string cell) =>
        cell.Trim().ToUpperInvariant() switch
        {
            "GBX" => "GBP",
            "ZAC" or "ZAX" => "ZAR",
            "ILA" or "ILX" => "ILS",
            "€" => "EUR",
            "£" => "GBP",
            { Length: 3 } code when code.All(char.IsAsciiLetterUpper) => code,
            _ => null,
        };
}
