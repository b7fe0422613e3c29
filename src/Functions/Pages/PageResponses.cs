using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;

namespace Quorum.Functions.Pages;

/// <summary>Answers with pages and their assets. A page can load nothing from other servers, runs no inline script and has no inline
/// style.</summary>
internal static class PageResponses
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Answers with the page, which is asked for anew each time, or 304. A slash at the end of its path, from which the page would
    /// look for its assets in a wrong place, is taken away by a redirect.</summary>
    public static Task<HttpResponseData> RespondAsync(this HttpRequestData request, WebPage page, CancellationToken cancellationToken)
    {
        if (!request.Url.AbsolutePath.EndsWith('/'))
        {
            return request.RespondAsync(page.Html, "no-cache", cancellationToken);
        }

        var response = request.CreateResponse(HttpStatusCode.PermanentRedirect);
        response.Headers.Add("Location", "../" + page.Path);
        return Task.FromResult(response);
    }

    /// <summary>Answers with an asset, which may be kept for ever, or 404 when there is none of this name and version.</summary>
    public static Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        WebPage page,
        string version,
        string asset,
        CancellationToken cancellationToken
    ) =>
        version == page.Version && page.Assets.TryGetValue(asset, out var file)
            ? request.RespondAsync(file, "public, max-age=31536000, immutable", cancellationToken)
            : request.RespondAsync(
                new Problem
                {
                    Type = "urn:quorum:problem:not-found",
                    Title = "Not found",
                    Status = HttpStatusCode.NotFound,
                    Detail = "There is no such file in this version of the page. Load the page again.",
                    TraceId = request.TraceId(),
                },
                cancellationToken
            );

    private static async Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        PageFile file,
        string cacheControl,
        CancellationToken cancellationToken
    )
    {
        var entityTag = $"\"{file.Hash}\"";
        var held = request.Holds(entityTag);
        var response = request.CreateResponse(held ? HttpStatusCode.NotModified : HttpStatusCode.OK);
        response.Headers.Add("ETag", "W/" + entityTag); // weak: the same for gzip and for the content as it is
        response.Headers.Add("Cache-Control", cacheControl);
        response.Headers.Add("Vary", "Accept-Encoding");
        response.Headers.Add("Content-Security-Policy", Policy);
        response.Headers.Add("X-Content-Type-Options", "nosniff");
        response.Headers.Add("Referrer-Policy", "no-referrer");
        response.Headers.Add("Cross-Origin-Opener-Policy", "same-origin");
        if (held)
        {
            return response;
        }

        response.Headers.Add("Content-Type", file.ContentType);
        if (AcceptsGzip(request))
        {
            response.Headers.Add("Content-Encoding", "gzip");
            await response.Body.WriteAsync(file.Gzipped, cancellationToken);
        }
        else
        {
            await response.Body.WriteAsync(file.Unzipped(), cancellationToken);
        }

        return response;
    }

    /// <summary>RFC 9110, 12.5.3, of which only gzip matters: named, and not with a weight of 0.</summary>
    private static bool AcceptsGzip(HttpRequestData request) =>
        request.Headers.TryGetValues("Accept-Encoding", out var values)
        && values
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))
            .Any(coding =>
                coding.Split(';', StringSplitOptions.TrimEntries) is [var name, .. var weight]
                && name.Equals("gzip", StringComparison.OrdinalIgnoreCase)
                && !weight.Any(text => text.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && text.TrimEnd('0') is "q=" or "q=0.")
            );
}
