using System.Buffers;

namespace Quorum.Providers;

/// <summary>An answer's body in a rented buffer.</summary>
internal readonly struct Body(byte[] buffer, int length) : IDisposable
{
    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Reads all of it, but not more than the limit.</summary>
    /// <returns><see langword="null"/> when there is more.</returns>
    public static async ValueTask<Body?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        const int typicalQuote = 4096;
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        var expected = (int)Math.Min(limit, content.Headers.ContentLength ?? typicalQuote) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(expected);
        var length = 0;
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var body = new Body(buffer, length);
                    buffer = null;
                    return body;
                }

                length += read;
                if (length > limit)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
