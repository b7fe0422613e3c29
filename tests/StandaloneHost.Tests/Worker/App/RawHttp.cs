using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Worker.App;

/// <summary>Sends bytes that no HTTP client would, and reads answers.</summary>
internal sealed partial class RawHttp : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawHttp(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static async Task<RawHttp> OpenAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        return new RawHttp(client);
    }

    /// <summary>Sends one request on a connection of its own, and reads its answer.</summary>
    public static async Task<RawAnswer> SendAsync(Uri address, string request)
    {
        using var connection = await OpenAsync(address);
        await connection.SendAsync(request);
        return await connection.ReadAsync()
            ?? throw new InvalidOperationException($"No whole answer to: {request[..Math.Min(request.Length, 200)]}");
    }

    public async Task SendAsync(string text)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // The server answers and closes before it has read all of a hopeless request; the answer is there to be read.
        }
    }

    /// <summary>Reads the next answer; <see langword="null"/> if the server closed the connection instead.</summary>
    public async Task<RawAnswer?> ReadAsync()
    {
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

            var count = await ReadAsync(chunk).WithinAsync();
            if (count == 0)
            {
                return null;
            }

            await received.WriteAsync(chunk.AsMemory(0, count));
        }
    }

    /// <summary>Says that nothing more will be sent; the answer can still be read.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection off.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Dispose();
    }

    public void Dispose() => _client.Dispose();

    private async Task<int> ReadAsync(byte[] chunk)
    {
        try
        {
            return await _stream.ReadAsync(chunk);
        }
        catch (IOException)
        {
            return 0; // reset
        }
    }

    [GeneratedRegex("^Content-Length: (?<bytes>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ContentLength();
}

internal sealed record RawAnswer(int Status, string Head, string Body);
