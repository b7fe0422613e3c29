using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>One request on its way through the process. The server's objects behind it serve the connection's next request
/// afterwards, so they are let go when it ends: who still holds the request then gets an exception, never another's data.</summary>
internal sealed class IncomingRequest(HttpContext context, TrustedHosts hosts, BodyReading bodies) : IDisposable
{
    private readonly string? _span = W3CTraceContext.Current;
    private CancellationToken? _aborted;
    private HttpContext? _context = context;
    private NameValueCollection? _query;
    private string? _traceParent;
    private PooledBody? _body;
    private List<PooledBody>? _responseBodies;
    private RequestData? _data;

    /// <summary>Cancelled when the client leaves or the server ends the connection.</summary>
    public CancellationToken Aborted => _aborted ??= _context is { } open ? open.RequestAborted : new CancellationToken(canceled: true);

    public string Method => Request.Method;

    /// <summary>Unescaped, but for %2F.</summary>
    public string Path => Request.Path.Value ?? "";

    public IHeaderDictionary Headers => Request.Headers;

    public RouteValueDictionary RouteValues => Request.RouteValues;

    public NameValueCollection Query => _query ??= HttpUtility.ParseQueryString(Request.QueryString.Value ?? "");

    /// <summary>That of the request's span, else the caller's <c>traceparent</c>, else one of our own: an answer always has a trace
    /// id.</summary>
    public string TraceParent => _traceParent ??= _span ?? W3CTraceContext.OfCaller(Headers);

    /// <summary><see cref="TraceParent"/>, also for those who read it after the request has ended, as a logger with a buffer may;
    /// <see langword="null"/> if nothing asked for it before.</summary>
    public string? LastTraceParent => _context is null ? _traceParent : TraceParent;

    /// <summary>The caller's <c>tracestate</c>; null when it sent none.</summary>
    public string? TraceState => Headers.TraceState;

    public Stream Body => _body ?? Stream.Null;

    /// <summary>The body, once it was read.</summary>
    public ReadOnlyMemory<byte> ReceivedBody => _body?.Written ?? default;

    public string Scheme => Request.Scheme;

    public HttpResponse Response => Context.Response;

    public IFeatureCollection Features => Context.Features;

    public HttpContext Context => _context ?? throw Ended();

    private HttpRequest Request => Context.Request;

    /// <summary>The address as the client wrote it. Where the Host header is missing, no host or not trusted, the address that the request
    /// reached.</summary>
    public Uri Url
    {
        get
        {
            var target = Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (!target.StartsWith('/'))
            {
                target = $"{Request.Path.Value}{Request.QueryString.Value}";
            }

            return
                Headers.Host is [{ Length: > 0 } host]
                && hosts.Trusts(host)
                && Uri.TryCreate($"{Request.Scheme}://{host}{target}", UriKind.Absolute, out var url)
                ? url
                : new Uri($"{Request.Scheme}://{LocalHost()}{target}");
        }
    }

    /// <summary>The keys by which the request was admitted; <see langword="null"/> before.</summary>
    public FunctionKeys? Keys { get; set; }

    /// <summary>The one request object of this invocation.</summary>
    public HttpRequestData DataFor(Invocation invocation) => _data ??= new RequestData(this, invocation);

    /// <summary>Reads the whole body, as the function expects it. That of a GET, HEAD, DELETE or OPTIONS means nothing and is not
    /// read.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than the server allows, broken, or too slow, or there is no memory for
    /// it.</exception>
    public ValueTask ReadBodyAsync() =>
        Method is "GET" or "HEAD" or "DELETE" or "OPTIONS" || Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? ValueTask.CompletedTask
            : bodies.ReadAsync(Request.BodyReader, _body = new PooledBody(bodies.Memory), Aborted);

    /// <summary>A body for a response to this request.</summary>
    public PooledBody NewResponseBody()
    {
        var body = new PooledBody();
        (_responseBodies ??= new List<PooledBody>(1)).Add(body);
        return body;
    }

    public bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = Headers[name];
        return value is not null;
    }

    /// <summary>Ends the use of the server's objects, and gives memory back.</summary>
    public void Dispose()
    {
        _context = null;
        _body?.Dispose();
        if (_responseBodies is not null)
        {
            foreach (var body in _responseBodies)
            {
                body.Dispose();
            }
        }
    }

    private static ObjectDisposedException Ended() => new(nameof(HttpRequestData), "The request has ended.");

    private string LocalHost()
    {
        var connection = Context.Connection;
        return connection.LocalIpAddress is { } address ? new IPEndPoint(address, connection.LocalPort).ToString() : "localhost";
    }
}
