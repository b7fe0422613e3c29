using System.Net;

namespace Quorum.Providers;

/// <summary>Makes the one long-lived handler of a provider.</summary>
internal static class ProviderHandler
{
    /// <param name="options">Valid.</param>
    public static SocketsHttpHandler Create(ProviderOptions options) =>
        new()
        {
            // A redirect is an answer like any other (N5), a cookie would tie calls together.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = options.UseProxy,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionLifetime = options.ConnectionLifetime,
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(500),

            // No trace header leaves the house, and no activity of the library's own describes a request whose address holds a key (N17).
            ActivityHeadersPropagator = null,
        };
}
