using System.Net.Http.Headers;
using System.Text;

namespace Quorum.Providers;

/// <summary>One HTTP answer as it came, its body already read and decompressed.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">Without a byte order mark.</param>
/// <param name="headers">The answer's headers, without those of the content.</param>
/// <param name="receivedAt">When we had it, UTC.</param>
internal readonly ref struct ProviderAnswer(int status, ReadOnlySpan<byte> body, HttpResponseHeaders headers, DateTimeOffset receivedAt)
{
    public int Status { get; } = status;

    public ReadOnlySpan<byte> Body { get; } = body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    public HttpResponseHeaders Headers { get; } = headers;

    public DateTimeOffset ReceivedAt { get; } = receivedAt;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>True for HTML and XML, which no provider documents as its form: pages of proxies, error pages.</summary>
    public bool IsMarkup { get; } = JsonText.FirstCharacter(body.StartsWith("\uFEFF"u8) ? body[3..] : body) == '<';

    /// <summary>True if the text occurs near the start of the body, in any case. Vendors wrap the same sentence in JSON or nothing. Never
    /// true for a page: its words are not the provider's (N26).</summary>
    /// <param name="text">ASCII without quotes and apostrophes, which JSON may escape.</param>
    public bool Says(ReadOnlySpan<byte> text) => !IsMarkup && PositionOf(text) >= 0;

    /// <summary>Returns the position of the text in the body, ignoring case; -1 when it does not occur near the start.</summary>
    public int PositionOf(ReadOnlySpan<byte> text)
    {
        const int longestRefusal = 16 * 1024;
        var start = Body[..Math.Min(Body.Length, longestRefusal)];
        for (var at = 0; at + text.Length <= start.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(start.Slice(at, text.Length), text))
            {
                return at;
            }
        }

        return -1;
    }
}
