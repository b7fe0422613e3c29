using System.Net;

namespace Quorum.StandaloneHost.Hosting.Settings;

/// <summary>Settings for pages of other origins, reverse proxies and host names.</summary>
internal sealed record WebSettings
{
    /// <summary>
    /// Origins whose pages may call the API: <c>Functions:Http:Cors</c>, else <c>Host.CORS</c> of local.settings.json, separated by commas;
    /// <c>*</c> for all. Default none.
    /// </summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// True if pages may send cookies: <c>Functions:Http:CorsCredentials</c>, else <c>Host.CORSCredentials</c>. Default false.
    /// </summary>
    public bool CorsCredentials { get; init; }

    /// <summary>
    /// Trusted proxies, <c>Functions:Http:KnownProxies</c>: addresses or networks (<c>10.0.0.0/8</c>), separated by commas, whose
    /// <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are used. Default none.
    /// </summary>
    public IReadOnlyList<IPNetwork> KnownProxies { get; init; } = [];

    /// <summary>
    /// Host names that are served, <c>AllowedHosts</c>, separated by semicolons; a request for another host gets a 400. <c>*</c> or an
    /// empty list, the default, allows all.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public static WebSettings Read(SettingsReader reader, LocalSettings local)
    {
        const string Cors = "Functions:Http:Cors",
            Proxies = "Functions:Http:KnownProxies";
        var origins = Split(reader.Text(Cors) ?? local.Cors, ',');
        foreach (var origin in origins)
        {
            if (
                origin != "*"
                && !(
                    Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                    && uri.UserInfo.Length == 0
                    && uri.GetLeftPart(UriPartial.Authority) == origin.TrimEnd('/')
                )
            )
            {
                reader.Fault(Cors, origin, "'*' or origins such as https://example.com, separated by commas");
            }
        }

        var credentials = reader.Flag("Functions:Http:CorsCredentials") ?? local.CorsCredentials;
        if (credentials && origins.Contains("*"))
        {
            reader.Fault(Cors, "*", "a list of origins when CorsCredentials is true");
        }

        var networks = new List<IPNetwork>();
        foreach (var proxy in Split(reader.Text(Proxies), ','))
        {
            if (IPNetwork.TryParse(proxy, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(proxy, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                reader.Fault(Proxies, proxy, "IP addresses or networks such as 10.0.0.0/8, separated by commas");
            }
        }

        return new WebSettings
        {
            CorsOrigins = [.. origins.Select(origin => origin.TrimEnd('/'))],
            CorsCredentials = credentials,
            KnownProxies = networks,
            AllowedHosts = Split(reader.Text("AllowedHosts"), ';'),
        };
    }

    private static string[] Split(string? text, char separator) =>
        text?.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
