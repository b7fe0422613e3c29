using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Quorum.ProviderSimulator;

/// <summary>Sends an answer, whole or as a fault requires.</summary>
internal static class Delivery
{
    private const int PaddingPiece = 64 << 10;

    public static Task SendAsync(HttpContext context, Reply reply, FaultPlan faults, TimeProvider time, CancellationToken stopping)
    {
        if (!faults.Html && HasNoBody(reply.Status))
        {
            WriteHead(context.Response, reply);
            context.Response.ContentType = null;
            return Task.CompletedTask;
        }

        if (faults.TouchesDelivery)
        {
            return SendFaultyAsync(context, reply, faults, time, stopping);
        }

        WriteHead(context.Response, reply);
        context.Response.ContentLength = reply.Body.Length;
        context.Response.BodyWriter.Write(reply.Body);
        return Task.CompletedTask;
    }

    /// <summary>Resets the connection: the caller sees a broken connection, not a closed one.</summary>
    public static void Break(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }

    private static async Task SendFaultyAsync(
        HttpContext context,
        Reply reply,
        FaultPlan faults,
        TimeProvider time,
        CancellationToken stopping
    )
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        if (faults.Html)
        {
            reply.Raw(StatusCodes.Status200OK, Reply.Html, System.Text.Encoding.UTF8.GetBytes(Pages.Maintenance), CallOutcome.Fault);
        }

        WriteHead(context.Response, reply);
        var body = faults switch
        {
            { Empty: true } => default,
            { Truncated: true } or { ResetInBody: true } => reply.BodyMemory[..(reply.BodyMemory.Length / 2)],
            _ => reply.BodyMemory,
        };
        try
        {
            if (faults.PaddingBytes > 0)
            {
                await SendPaddedAsync(context.Response, body, faults.PaddingBytes, gone.Token);
                return;
            }

            context.Response.ContentLength = faults.ResetInBody ? reply.BodyMemory.Length : body.Length;
            if (faults.Drip is { } drip)
            {
                await DripAsync(context.Response, body, drip.Bytes, TimeSpan.FromMilliseconds(drip.Ms), time, gone.Token);
            }
            else
            {
                await context.Response.BodyWriter.WriteAsync(body, gone.Token);
            }

            if (faults.ResetInBody)
            {
                await context.Response.BodyWriter.FlushAsync(gone.Token);
                Break(context);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            Break(context);
        }
    }

    /// <summary>Returns true for a status without a body; the server refuses to write one.</summary>
    private static bool HasNoBody(int status) =>
        status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified;

    private static void WriteHead(HttpResponse response, Reply reply)
    {
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }
    }

    /// <summary>Sends the body with padding and without a Content-Length, so that the reader has to limit the size by counting.</summary>
    private static async Task SendPaddedAsync(
        HttpResponse response,
        ReadOnlyMemory<byte> body,
        long padding,
        CancellationToken cancellationToken
    )
    {
        await response.BodyWriter.WriteAsync(body, cancellationToken);
        var piece = new byte[PaddingPiece];
        Array.Fill(piece, (byte)' ');
        for (var left = padding; left > 0; left -= piece.Length)
        {
            await response.BodyWriter.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), cancellationToken);
        }
    }

    private static async Task DripAsync(
        HttpResponse response,
        ReadOnlyMemory<byte> body,
        int bytes,
        TimeSpan pause,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        for (var sent = 0; sent < body.Length; sent += bytes)
        {
            await response.BodyWriter.WriteAsync(body.Slice(sent, Math.Min(bytes, body.Length - sent)), cancellationToken);
            if (sent + bytes < body.Length)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }
}
