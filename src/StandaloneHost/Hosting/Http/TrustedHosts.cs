using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The host names that may stand in addresses of ours, such as a <c>Location</c>: those of <c>AllowedHosts</c>; without that
/// setting only localhost while the process listens to this machine alone and knows no proxy, else all.</summary>
internal sealed class TrustedHosts
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly List<StringSegment>? _patterns;

    public TrustedHosts(HttpSettings settings)
    {
        var allowed = settings.Web.AllowedHosts;
        var isLocal = settings.Address is null || System.Net.IPAddress.IsLoopback(settings.Address);
        _patterns =
            allowed.Contains("*") ? null
            : allowed.Count > 0 ? [.. allowed.Select(host => new StringSegment(host))]
            : isLocal && settings.Web.KnownProxies.Count == 0 ? [.. Loopback.Select(host => new StringSegment(host))]
            : null;
    }

    /// <param name="host">A Host header, with a port or without.</param>
    public bool Trusts(string host)
    {
        if (_patterns is null)
        {
            return true;
        }

        try
        {
            return HostString.MatchesAny(new HostString(host).Host, _patterns);
        }
        catch (FormatException) // no host at all
        {
            return false;
        }
    }
}
