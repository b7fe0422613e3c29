using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>Sends bytes that no HTTP client would, and reads one answer.</summary>
internal static partial class RawHttp
{
    public static async Task<RawAnswer> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        }
        catch (IOException)
        {
            // The server answers and closes before it has read all of a hopeless request; the answer is there to be read.
        }

        var received = new MemoryStream();
        var chunk = new byte[8192];
        while (true)
        {
            var text = Encoding.UTF8.GetString(received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (
                end > 0
                && ContentLength().Match(text[..end]) is { Success: true } length
                && Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= int.Parse(length.Groups["bytes"].ValueSpan)
            )
            {
                return new RawAnswer(int.Parse(text.Split(' ')[1]), text[..end], text[(end + 4)..]);
            }

            var count = await stream.ReadAsync(chunk).AsTask().WithinAsync();
            Assert.True(count > 0, $"No whole answer to: {request[..Math.Min(request.Length, 200)]}");
            await received.WriteAsync(chunk.AsMemory(0, count));
        }
    }

    [GeneratedRegex("^Content-Length: (?<bytes>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ContentLength();
}

internal sealed record RawAnswer(int Status, string Head, string Body);
