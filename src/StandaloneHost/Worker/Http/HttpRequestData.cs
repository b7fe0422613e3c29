using System.Collections.Specialized;
using System.Security.Claims;
using System.Web;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The HTTP request that started a function.</summary>
public abstract class HttpRequestData(FunctionContext functionContext)
{
    private NameValueCollection? query;

    /// <summary>The body, read whole before the function starts; empty when there is none. Seekable.</summary>
    public abstract Stream Body { get; }

    /// <summary>The headers as they came.</summary>
    public abstract HttpHeadersCollection Headers { get; }

    /// <summary>The cookies that the client sent.</summary>
    public abstract IReadOnlyCollection<IHttpCookie> Cookies { get; }

    /// <summary>The address as the client wrote it, still escaped.</summary>
    public abstract Uri Url { get; }

    /// <summary>Who the caller is, as far as the platform knows; empty.</summary>
    public abstract IEnumerable<ClaimsIdentity> Identities { get; }

    /// <summary>The method in the client's spelling.</summary>
    public abstract string Method { get; }

    /// <summary>The invocation that this request started.</summary>
    public FunctionContext FunctionContext { get; } = functionContext ?? throw new ArgumentNullException(nameof(functionContext));

    /// <summary>The query, unescaped; a name given several times has its values joined by commas.</summary>
    public virtual NameValueCollection Query => query ??= HttpUtility.ParseQueryString(Url.Query);

    /// <summary>A new response, 200 with an empty body. It counts only when the function returns it.</summary>
    public abstract HttpResponseData CreateResponse();
}
