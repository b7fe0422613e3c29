using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Net.Http.Headers;
using SameSite = Microsoft.Azure.Functions.Worker.Http.SameSite;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Cookies as <c>Set-Cookie</c> values (RFC 6265).</summary>
internal sealed class ResponseCookies : HttpCookies
{
    private readonly List<string> _values = [];

    public IReadOnlyList<string> Values => _values;

    public override void Append(string name, string value) => Append(new HttpCookie(name, value));

    public override void Append(IHttpCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        var header = new SetCookieHeaderValue(cookie.Name, Uri.EscapeDataString(cookie.Value))
        {
            Domain = cookie.Domain,
            Path = cookie.Path,
            Expires = cookie.Expires,
            MaxAge = cookie.MaxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            HttpOnly = cookie.HttpOnly ?? false,
            Secure = cookie.Secure ?? false,
            SameSite = cookie.SameSite switch
            {
                SameSite.Lax => SameSiteMode.Lax,
                SameSite.Strict => SameSiteMode.Strict,
                SameSite.ExplicitNone => SameSiteMode.None,
                _ => SameSiteMode.Unspecified,
            },
        };
        _values.Add(header.ToString());
    }

    public override IHttpCookie CreateNew() => new HttpCookie("", "");
}
