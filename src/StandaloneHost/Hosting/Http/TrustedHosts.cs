using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The host names that requests may ask for, and those that may stand in addresses of ours, such as a <c>Location</c>.</summary>
internal sealed class TrustedHosts
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly List<StringSegment>? _trusted;
    private readonly List<StringSegment>? _served;
    private string? _lastServed;

    public TrustedHosts(HttpSettings settings)
    {
        var allowed = settings.Web.AllowedHosts;
        var isLocal = settings.Address is null || IPAddress.IsLoopback(settings.Address);
        var all = allowed.Contains("*");
        _trusted =
            all ? null
            : allowed.Count > 0 ? Patterns(allowed)
            : isLocal && settings.Web.KnownProxies.Count == 0 ? Patterns(Loopback)
            : null;
        _served =
            all ? null
            : !settings.AskForKeys ? Patterns([.. Loopback, .. allowed])
            : allowed.Count > 0 ? Patterns(allowed)
            : null;

        static List<StringSegment> Patterns(IEnumerable<string> hosts) => [.. hosts.Select(host => new StringSegment(host))];
    }

    /// <summary>True if the host is one of <c>AllowedHosts</c>; without that setting if it is localhost while the process listens to this
    /// machine alone and knows no proxy, else always.</summary>
    /// <param name="host">A Host header, with a port or without.</param>
    public bool Trusts(string host) => _trusted is null || Matches(host, _trusted);

    /// <summary>True if requests for the host are answered: it is one of <c>AllowedHosts</c>, or that setting is missing. While keys are
    /// off it must be one of them, localhost or the address that the connection reached: a page whose own name is made to resolve to this
    /// machine (DNS rebinding) gets nothing. A request that names no host comes from no browser.</summary>
    public bool Serves(HttpContext context)
    {
        if (_served is null || context.Request.Headers.Host is not [{ Length: > 0 } host] || host == Volatile.Read(ref _lastServed))
        {
            return true;
        }

        if (!Matches(host, _served) && !IsAddressOf(context, host))
        {
            return false;
        }

        Volatile.Write(ref _lastServed, host);
        return true;
    }

    private static bool IsAddressOf(HttpContext context, string host) =>
        IPAddress.TryParse(new HostString(host).Host, out var address)
        && context.Connection.LocalIpAddress is { } local
        && (address.Equals(local) || (local.IsIPv4MappedToIPv6 && address.Equals(local.MapToIPv4())));

    private static bool Matches(string host, List<StringSegment> patterns)
    {
        try
        {
            return HostString.MatchesAny(new HostString(host).Host, patterns);
        }
        catch (FormatException) // no host at all
        {
            return false;
        }
    }
}
