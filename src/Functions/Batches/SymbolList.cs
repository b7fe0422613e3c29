using System.Text.Json;
using Quorum.Functions.Http;

namespace Quorum.Functions.Batches;

/// <summary>The symbols of a batch as JSON: an array of texts. Whether each is a symbol is the item's own affair.</summary>
internal static class SymbolList
{
    public static readonly string Rule = $"must be an array of 1 to {BatchContent.MaxSymbols} symbols";

    /// <param name="list">The symbols; empty when there is a fault.</param>
    /// <returns>
    /// The position of the element that breaks the rule, or <see langword="null"/> for the array itself; <see langword="null"/> as a whole
    /// when the list is valid.
    /// </returns>
    public static SymbolListFault? Read(JsonElement symbols, out IReadOnlyList<string> list)
    {
        list = [];
        if (symbols.ValueKind is not JsonValueKind.Array)
        {
            return new SymbolListFault(null, Rule);
        }

        if (symbols.GetArrayLength() is var length and (0 or > BatchContent.MaxSymbols))
        {
            return new SymbolListFault(null, $"{Rule}, not of {length}");
        }

        var read = new List<string>(symbols.GetArrayLength());
        foreach (var symbol in symbols.EnumerateArray())
        {
            if (symbol.ValueKind is not JsonValueKind.String)
            {
                return new SymbolListFault(read.Count, "must be a JSON string");
            }

            if (symbol.TextOf() is not { } text)
            {
                return new SymbolListFault(read.Count, "must be Unicode text");
            }

            read.Add(text);
        }

        list = read;
        return null;
    }
}

/// <param name="Place">Of the element, from 0; <see langword="null"/> for the array.</param>
/// <param name="Rule"><c>must be …</c></param>
internal readonly record struct SymbolListFault(int? Place, string Rule);
