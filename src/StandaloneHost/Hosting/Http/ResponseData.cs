using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>A response that a function fills.</summary>
internal sealed class ResponseData(FunctionContext context, IncomingRequest request) : HttpResponseData(context)
{
    private HttpHeadersCollection _headers = [];
    private Stream? _body;
    private ResponseCookies? _cookies;

    public override HttpStatusCode StatusCode { get; set; } = HttpStatusCode.OK;

    public override HttpHeadersCollection Headers
    {
        get => _headers;
        set => _headers = value ?? throw new ArgumentNullException(nameof(value));
    }

    public override Stream Body
    {
        get => _body ??= request.NewResponseBody();
        set => _body = value ?? throw new ArgumentNullException(nameof(value));
    }

    public override HttpCookies Cookies => _cookies ??= new ResponseCookies();

    /// <summary>The body; <see langword="null"/> if it was never used.</summary>
    public Stream? WrittenBody => _body;

    /// <summary>The <c>Set-Cookie</c> values, or <see langword="null"/> when there are none.</summary>
    public IReadOnlyList<string>? SetCookies => _cookies?.Values;
}
