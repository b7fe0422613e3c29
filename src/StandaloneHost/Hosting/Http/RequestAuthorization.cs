using Microsoft.Azure.Functions.Worker;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Decides if a request may call a function: by its key, or while keys are off by the site that it comes from. Otherwise any
/// page that a developer opens could call the app through the browser.</summary>
internal sealed class RequestAuthorization(FunctionKeys keys, HttpSettings settings)
{
    private const string FetchSite = "Sec-Fetch-Site";

    public FunctionKeys Keys => keys;

    /// <summary>Returns the refusal; <see langword="null"/> if the request may call what asks for this level.</summary>
    public Problem? Refuse(IncomingRequest request, AuthorizationLevel level)
    {
        if (keys.Enabled)
        {
            return keys.Admit(request, level) ? null : Problem.Unauthorized;
        }

        return (level == AuthorizationLevel.Anonymous && request.Method is "GET" or "HEAD") || !IsOfAnotherSite(request)
            ? null
            : Problem.Forbidden with
            {
                Detail = "While keys are off, pages of other sites must be listed in Functions:Http:Cors.",
            };
    }

    private bool IsOfAnotherSite(IncomingRequest request)
    {
        if (request.Headers.Origin is { Count: > 0 } origins)
        {
            return origins is not [{ } origin] || !(IsListed(origin) || IsOwn(origin, request));
        }

        return request.Headers[FetchSite] is [{ } site]
            && !site.Equals("same-origin", StringComparison.OrdinalIgnoreCase)
            && !site.Equals("none", StringComparison.OrdinalIgnoreCase); // an address that was typed or bookmarked
    }

    private bool IsListed(string origin) =>
        settings.Web.CorsOrigins.Contains("*") || settings.Web.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    private static bool IsOwn(string origin, IncomingRequest request) =>
        request.Headers.Host is [{ Length: > 0 } host] && origin.Equals($"{request.Scheme}://{host}", StringComparison.OrdinalIgnoreCase);
}
