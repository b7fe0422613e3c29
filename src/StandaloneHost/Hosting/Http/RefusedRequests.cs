using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Gives the requests that Kestrel refuses before any application sees them (broken request line, too long a target,
/// too many headers) a problem document; by itself Kestrel answers with the bare status, and offers no place to add a body.</summary>
internal sealed class RefusedRequests(DiagnosticListener server, TimeProvider time) : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private IDisposable? _subscription;

    public void Watch() => _subscription ??= server.Subscribe(this, static (name, _, _) => name == BadRequest);

    public void Dispose() => _subscription?.Dispose();

    /// <summary>Connection middleware: lets the answer of this connection be replaced, and waits a little for a client that still
    /// sends, because a connection closed on it would take the answer along.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var input = connection.Transport.Input;
        var output = new ReplaceableWriter(connection.Transport.Output);
        connection.Transport = new Duplex(input, output);
        connection.Features.Set(output);
        await next(connection);
        if (output.IsReplaced)
        {
            await DrainAsync(input, connection.ConnectionClosed);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: BadRequest, Value: IFeatureCollection features }
            && features.Get<ReplaceableWriter>() is { } output
            && features.Get<IHttpResponseFeature>() is { HasStarted: false }
            && features.Get<IHttpRequestFeature>()?.Method != HttpMethods.Head)
        {
            var rejected = features.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException;
            output.ReplaceWith(Compose(Problem.Rejected(rejected?.StatusCode ?? StatusCodes.Status400BadRequest)));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private byte[] Compose(Problem problem)
    {
        var body = new ArrayBufferWriter<byte>();
        problem.WriteTo(body, W3CTraceContext.NewTraceParent());
        var head = string.Create(CultureInfo.InvariantCulture, $"""
            HTTP/1.1 {problem.Status} {ReasonPhrases.GetReasonPhrase(problem.Status)}
            Content-Length: {body.WrittenCount}
            Content-Type: {Problem.ContentType}
            Cache-Control: no-store
            Connection: close
            Date: {time.GetUtcNow():R}


            """).ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body.WrittenSpan];
    }

    private async Task DrainAsync(PipeReader input, CancellationToken closed)
    {
        using var over = new CancellationTokenSource(DrainTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, closed);
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync(either.Token);
                input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted && !read.IsCanceled);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client went, or sends on and on: the connection ends either way.
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
