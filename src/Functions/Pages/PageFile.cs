using System.IO.Compression;
using System.Security.Cryptography;

namespace Quorum.Functions.Pages;

/// <summary>A file of a page: gzipped once, sent as it is to browsers.</summary>
internal sealed class PageFile
{
    private PageFile(string contentType, byte[] gzipped)
    {
        ContentType = contentType;
        Gzipped = gzipped;
        Hash = Convert.ToHexStringLower(SHA256.HashData(gzipped).AsSpan(0, 8));
    }

    public string ContentType { get; }

    public ReadOnlyMemory<byte> Gzipped { get; }

    /// <summary>The hash of the content.</summary>
    public string Hash { get; }

    public static PageFile Of(string name, ReadOnlySpan<byte> content)
    {
        using var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return new PageFile(ContentTypeOf(name), gzipped.ToArray());
    }

    /// <summary>Creates a file from content that is already gzipped.</summary>
    public static PageFile OfGzip(string name, byte[] gzipped) => new(ContentTypeOf(name), gzipped);

    /// <summary>The content for a client that takes no gzip.</summary>
    public byte[] Unzipped()
    {
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(Gzipped.ToArray()), CompressionMode.Decompress))
        {
            gzip.CopyTo(content);
        }

        return content.ToArray();
    }

    private static string ContentTypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            var other => throw new ArgumentException($"A page has .html, .css and .js files; got '{other}'.", nameof(name)),
        };
}
