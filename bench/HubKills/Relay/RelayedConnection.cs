using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace Quorum.HubKills.Relay;

/// <summary>One connection through a relay.</summary>
internal sealed class RelayedConnection(Stream client, Stream server, Func<PostgresRequest, Fate> decide, PostgresRelay relay) : IDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;
    private static readonly byte[] Rejection = Query(
        "do $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$"
    );

    private readonly BufferedStream _fromClient = new(client, 64 * 1024);
    private readonly BufferedStream _fromServer = new(server, 64 * 1024);
    private readonly Dictionary<string, string> _prepared = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Fate> _pending = new();

    /// <summary>Relays until one side closes or a fault breaks the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await StartUpAsync(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] both = [ForwardRequestsAsync(over.Token), ForwardAnswersAsync(over.Token)];
        await Task.WhenAny(both);
        await over.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _fromClient.Dispose();
        _fromServer.Dispose();
    }

    // Encryption is refused; the start-up message itself has no type.
    private async Task StartUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = new byte[8];
            await _fromClient.ReadExactlyAsync(head, cancellationToken);
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) is SslRequest or GssRequest)
            {
                await client.WriteAsync("N"u8.ToArray(), cancellationToken);
                continue;
            }

            var rest = new byte[length - head.Length];
            await _fromClient.ReadExactlyAsync(rest, cancellationToken);
            await server.WriteAsync((byte[])[.. head, .. rest], cancellationToken);
            return;
        }
    }

    private async Task ForwardRequestsAsync(CancellationToken cancellationToken)
    {
        var request = new ArrayBufferWriter<byte>();
        var statements = new List<string>();
        while (await ReadMessageAsync(_fromClient, cancellationToken) is { } message)
        {
            request.Write(message);
            switch ((char)message[0])
            {
                case 'P':
                    var name = Text(message, 5);
                    _prepared[name] = Text(message, 5 + Encoding.UTF8.GetByteCount(name) + 1);
                    continue;
                case 'B':
                    var portal = Text(message, 5);
                    statements.Add(_prepared.GetValueOrDefault(Text(message, 5 + Encoding.UTF8.GetByteCount(portal) + 1), ""));
                    continue;
                case 'D' or 'E' or 'C':
                    continue;
                case 'Q':
                    statements.Add(Text(message, 5));
                    break;
                case 'S':
                    break;
                default: // a password, the end: no request, and no answer of its own
                    await server.WriteAsync(request.WrittenSpan.ToArray(), cancellationToken);
                    request.ResetWrittenCount();
                    continue;
            }

            var whole = new PostgresRequest([.. statements], request.WrittenSpan.ToArray());
            statements.Clear();
            request.ResetWrittenCount();
            var fate = whole.Points.Count == 0 ? Fate.Pass : decide(whole);
            if (relay.IsCut)
            {
                return;
            }

            if (fate == Fate.BreakBefore)
            {
                relay.Break();
                return;
            }

            _pending.Enqueue(fate);
            await server.WriteAsync(fate == Fate.Reject ? Rejection : whole.Bytes, cancellationToken);
            if (fate == Fate.BreakDuring)
            {
                relay.Break();
                return;
            }
        }
    }

    private async Task ForwardAnswersAsync(CancellationToken cancellationToken)
    {
        var isStarted = false;
        var answer = new ArrayBufferWriter<byte>();
        while (await ReadMessageAsync(_fromServer, cancellationToken) is { } message)
        {
            answer.Write(message);
            var isReady = message[0] == (byte)'Z';
            if (!isReady || !isStarted)
            {
                isStarted |= isReady;
                if (!isStarted || isReady || _pending.IsEmpty)
                {
                    await FlushAsync(); // start-up, or a notification
                }

                continue;
            }

            if (_pending.TryDequeue(out var fate) && fate == Fate.BreakAfter)
            {
                relay.Break();
                return;
            }

            if (relay.IsCut)
            {
                return;
            }

            await FlushAsync();
        }

        async Task FlushAsync()
        {
            await client.WriteAsync(answer.WrittenMemory, cancellationToken);
            answer.ResetWrittenCount();
        }
    }

    private static async Task<byte[]?> ReadMessageAsync(BufferedStream from, CancellationToken cancellationToken)
    {
        var head = new byte[5];
        if (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length)
        {
            return null;
        }

        var message = new byte[1 + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        head.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(head.Length), cancellationToken);
        return message;
    }

    private static string Text(byte[] message, int from) =>
        Encoding.UTF8.GetString(message.AsSpan(from, message.AsSpan(from).IndexOf((byte)0)));

    private static byte[] Query(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var message = new byte[1 + 4 + body.Length + 1];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 1);
        body.CopyTo(message, 5);
        return message;
    }
}
