namespace Quorum.Providers;

/// <summary>Recognizes answers of proxies, firewalls and CDNs between us and a provider (N26). They say nothing of key or plan.</summary>
internal static class Intermediary
{
    /// <summary>The refusal; <see langword="null"/> when the answer may be the provider's own.</summary>
    /// <param name="isOwnPage">True if the provider itself sends such a page.</param>
    public static Reading? Find(in ProviderAnswer answer, bool isOwnPage) => IsOne(answer, isOwnPage) ? Reading.Intercepted(answer) : null;

    private static bool IsOne(in ProviderAnswer answer, bool isOwnPage)
    {
        if (answer.Status < 300)
        {
            return false; // a page with a status of success is malformed
        }

        // 407 and 511 are a proxy's and a captive portal's own; the header stands on every challenge of Cloudflare's.
        if (answer.Status is 407 or 511 || WaitTime.First(answer.Headers, "cf-mitigated") is not null)
        {
            return true;
        }

        if (answer.IsMarkup)
        {
            return !isOwnPage && (IsRefusal(answer.Status) || (answer.Status >= 500 && IsCloudflare(answer)));
        }

        return answer.Status >= 400 && IsCloudflare(answer) && IsErrorOfCloudflare(answer);
    }

    /// <summary>Every refusal but the passing faults, and a 404, which is a fault of the route.</summary>
    private static bool IsRefusal(int status) =>
        status is 502 or 504 || (status is >= 400 and < 500 and not (404 or 408 or 413 or 425 or 499));

    /// <summary>Several providers are behind Cloudflare, which passes their own answers on under its name.</summary>
    private static bool IsCloudflare(in ProviderAnswer answer) =>
        string.Equals(WaitTime.First(answer.Headers, "Server"), "cloudflare", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>error code: 1015</c> in plain text.
    /// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/</summary>
    private static bool IsErrorOfCloudflare(in ProviderAnswer answer) => answer.Body.TrimStart(" \t\r\n"u8).StartsWith("error code: "u8);
}
