using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorum.EmbeddedRuntime.Hosting.Invocations;

namespace Quorum.EmbeddedRuntime.Hosting.Http;

/// <summary>Gives the requests that Kestrel refuses before any application sees them (broken request line, too long a target,
/// too many headers) a problem document; by itself Kestrel sends the bare status.</summary>
internal sealed class RejectedRequests(DiagnosticListener server) : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private IDisposable? _subscription;

    public void Watch() => _subscription ??= server.Subscribe(this, static (name, _, _) => name == BadRequest);

    public void Dispose() => _subscription?.Dispose();

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is not { Key: BadRequest, Value: IFeatureCollection features }
            || features.Get<IHttpResponseFeature>() is not { HasStarted: false } response
            || features.Get<IHttpResponseBodyFeature>() is not { } output)
        {
            return;
        }

        var status = features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException rejected ? rejected.StatusCode : 400;
        using var body = new PooledBody();
        Problem.Rejected(status).WriteTo(response, body, W3CTraceContext.NewTraceParent());
        body.Written.Span.CopyTo(output.Writer.GetSpan((int)body.Length));
        output.Writer.Advance((int)body.Length);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
