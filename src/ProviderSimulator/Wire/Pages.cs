namespace Quorum.ProviderSimulator;

/// <summary>HTML pages that are sent instead of an answer.</summary>
internal static class Pages
{
    /// <summary>A maintenance page with status 200.</summary>
    public const string Maintenance =
        "<!DOCTYPE html>\n<html><head><title>Scheduled maintenance</title></head><body><h1>We will be back soon</h1></body></html>\n";

    /// <summary>The block page of a CDN; it mentions keys and plans without relation to the caller's.</summary>
    public const string Blocked =
        "<!DOCTYPE html>\n<html lang=\"en-US\"><head><title>Just a moment...</title></head><body><h1>Sorry, you have been blocked</h1>"
        + "<p>Your API key or plan may not be the cause. Ray ID: 8f2b0c1d2e3f4a5b</p></body></html>\n";

    public const string RouteNotFound = "404 page not found\n";

    /// <summary>Returns the error page of an ordinary proxy.</summary>
    public static string Proxy(int status, string reason) =>
        $"<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

    public static string Proxy(int status) => Proxy(status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status));
}
