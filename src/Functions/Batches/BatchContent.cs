using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// Turns the given symbols into a batch: one item for each instrument, in the order of first appearance, and one for each invalid text.
/// </summary>
internal static class BatchContent
{
    public const int MaxSymbols = 1000;

    private const int MaxGivenLength = 64;

    /// <summary>Returns false for texts none of which is a symbol: such a batch is not stored.</summary>
    /// <param name="parameters">Collects the fault of each text, if none is a symbol.</param>
    public static bool HasSymbol(IReadOnlyList<string> symbols, InstrumentCatalogue catalogue, QueryParameters parameters)
    {
        var faults = new List<(string Text, string Rule)>();
        foreach (var text in symbols)
        {
            if (catalogue.TryRead(text, out _, out var rule))
            {
                return true;
            }

            faults.Add((text, rule));
        }

        for (var place = 0; place < faults.Count; place++)
        {
            parameters.Refuse($"symbols[{place}]", Readable(faults[place].Text), faults[place].Rule);
        }

        return false;
    }

    public static NewBatch Compose(string id, IReadOnlyList<string> symbols, InstrumentCatalogue catalogue, DateTimeOffset now)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var items = new List<NewBatchItem>(symbols.Count);
        var known = new HashSet<Symbol>(symbols.Count);
        foreach (var text in symbols)
        {
            if (catalogue.TryRead(text, out var symbol, out var rule))
            {
                Append(hash, symbol.ToString());
                if (known.Add(symbol))
                {
                    items.Add(new NewBatchItem(text, symbol.ToString(), null));
                }
            }
            else
            {
                Append(hash, text);
                items.Add(new NewBatchItem(Readable(text), null, rule));
            }
        }

        return new NewBatch(id, Convert.ToHexStringLower(hash.GetHashAndReset()), items, now);
    }

    /// <summary>With its length, so that no two lists look the same.</summary>
    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Shortened, and without what PostgreSQL and terminals do not take.</summary>
    private static string Readable(string text)
    {
        var readable = new StringBuilder(MaxGivenLength + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (readable.Length >= MaxGivenLength)
            {
                return readable.Append('…').ToString();
            }

            readable.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }

        return readable.ToString();
    }
}
