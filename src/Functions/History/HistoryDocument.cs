using System.Buffers;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary>A page of history as JSON: each quote's document as it was published, and after it when it was, by which orchestration, and
/// where its inputs are.</summary>
internal static class HistoryDocument
{
    /// <param name="history">The path of the symbol's history.</param>
    public static ReadOnlyMemory<byte> Write(QuoteHistoryPage page, string history)
    {
        var buffer = new ArrayBufferWriter<byte>(page.Quotes.Sum(quote => quote.Document.Length + 256) + 256);
        buffer.Write("{\"items\":["u8);
        for (var i = 0; i < page.Quotes.Count; i++)
        {
            buffer.Write(i == 0 ? ""u8 : ","u8);
            Write(page.Quotes[i], history, buffer);
        }

        buffer.Write("],\"next\":"u8);
        buffer.Write(ApiJson.Write(page.Next is { } next ? PageCursor.Write(next.ToString()) : null, HttpJson.Default.String).Span);
        buffer.Write("}"u8);
        return buffer.WrittenMemory;
    }

    private static void Write(PublishedQuote quote, string history, ArrayBufferWriter<byte> buffer)
    {
        buffer.Write(QuoteDocument.Head(quote.Document).Span);
        var publication = ApiJson.Write(QuotePublication.Of(quote, history), HttpJson.Default.QuotePublication);
        buffer.Write(","u8);
        buffer.Write(publication.Span[1..]); // its members and the closing brace
    }
}
