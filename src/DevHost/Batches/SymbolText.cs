using System.Text.RegularExpressions;
using Quorum.MarketData;

namespace Quorum.DevHost.Batches;

/// <summary>Separates cells that may be symbols from those that cannot, so that nothing else of a user's file is sent anywhere.</summary>
internal static partial class SymbolText
{
    private const int MaxLength = 24;

    /// <summary>Removes what spreadsheets put around a symbol: spaces, a leading apostrophe, <c>=...</c>, a dollar sign.</summary>
    public static string Clean(string cell) => cell.Trim().Trim('\u00A0', '\u200B').TrimStart('=', '\'').Trim('"').TrimStart('$').Trim();

    /// <summary>True if the text may be a ticker, a ticker with a venue in any usual spelling, or an ISIN.</summary>
    /// <remarks>Account numbers, amounts, dates, sentences and indexes are not: a symbol has a letter, and digits alone need a venue
    /// (<c>7203.T</c>).</remarks>
    public static bool IsPlausible(string text) =>
        text.Length is > 0 and <= MaxLength && !Word().IsMatch(text) && (Ticker().IsMatch(text) || NumericTicker().IsMatch(text));

    /// <summary>True if the text looks like a symbol even without a heading: upper case, and not an ordinary word.</summary>
    public static bool IsTypical(string text) => IsPlausible(text) && !text.Any(char.IsAsciiLetterLower);

    /// <summary>Returns the ISIN in a cell, without spaces and in upper case; <see langword="null"/> unless its check digit is right.</summary>
    public static string? FindIsin(string cell)
    {
        var text = string.Concat(Clean(cell).Where(character => !char.IsWhiteSpace(character))).ToUpperInvariant();
        return Isin.IsValid(text) ? text : null;
    }

    /// <summary>True if no heading has this text: a number, an amount, a date, a time or an ISIN.</summary>
    public static bool IsData(string cell) => (cell.Any(char.IsDigit) && !cell.Any(char.IsLetter)) || FindIsin(cell) is not null;

    /// <summary>True if the text may be a heading: words, and not one that stands for a missing value.</summary>
    public static bool IsWord(string cell) =>
        cell.Any(char.IsLetter) && cell.ToUpperInvariant() is not ("N/A" or "NA" or "NAN" or "NULL" or "NONE" or "TBD");

    // A letter first; then letters and digits; parts joined by . - / : ^ = or one space before a Bloomberg exchange code.
    [GeneratedRegex(
        @"^\^?[A-Za-z][A-Za-z0-9]{0,11}(?:[.\-/:=][A-Za-z0-9]{1,8}){0,2}(?: [A-Z]{2})?(?:=X)?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Ticker();

    [GeneratedRegex(@"^[0-9]{1,6}[A-Z]?(?:[.:][A-Za-z]{1,6}| [A-Z]{2})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NumericTicker();

    // Excludes capitalized words such as Cash, Total, Pending. Vendors' mixed-case symbols (BACpL) end in a capital.
    [GeneratedRegex(@"^[A-Z][a-z]{2,}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
