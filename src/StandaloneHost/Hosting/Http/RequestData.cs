using System.Collections.Specialized;
using System.Security.Claims;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The request as its function sees it.</summary>
internal sealed class RequestData(IncomingRequest request, FunctionContext context) : HttpRequestData(context)
{
    private const string LevelClaim = "http://schemas.microsoft.com/2017/07/functions/claims/authlevel";

    private HttpHeadersCollection? _headers;
    private IReadOnlyCollection<IHttpCookie>? _cookies;
    private Uri? _url;

    public override Stream Body => request.Body;

    public override HttpHeadersCollection Headers => _headers ??= ReadHeaders();

    public override IReadOnlyCollection<IHttpCookie> Cookies => _cookies ??= ReadCookies();

    public override Uri Url => _url ??= request.Url;

    /// <summary>The identity of the master key, as the Azure Functions host gives it, also to every caller in development without keys; none
    /// for other callers.</summary>
    public override IEnumerable<ClaimsIdentity> Identities =>
        request.Keys?.HasMaster(request) is true ? [new ClaimsIdentity([new Claim(LevelClaim, nameof(AuthorizationLevel.Admin))])] : [];

    public override string Method => request.Method;

    public override NameValueCollection Query => request.Query;

    public override HttpResponseData CreateResponse() => new ResponseData(FunctionContext, request);

    private HttpHeadersCollection ReadHeaders()
    {
        var headers = new HttpHeadersCollection();
        foreach (var (name, values) in request.Headers)
        {
            if (values.Count == 1)
            {
                headers.TryAddWithoutValidation(name, values.ToString());
            }
            else
            {
                headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return headers;
    }

    private List<IHttpCookie> ReadCookies()
    {
        var cookies = new List<IHttpCookie>();
        foreach (var line in request.Headers.Cookie)
        {
            foreach (var part in (line ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var separator = part.IndexOf('=', StringComparison.Ordinal);
                cookies.Add(
                    separator < 0
                        ? new HttpCookie(part, "")
                        : new HttpCookie(part[..separator].TrimEnd(), part[(separator + 1)..].TrimStart())
                );
            }
        }

        return cookies;
    }
}
