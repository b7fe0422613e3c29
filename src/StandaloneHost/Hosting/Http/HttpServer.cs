using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Registers the HTTP server with its limits, and what answers its requests.</summary>
internal static class HttpServer
{
    /// <summary>Adds the server.</summary>
    public static void AddHttpServer(this IServiceCollection services, HttpSettings settings, FunctionKeys keys)
    {
        services.AddSingleton(settings);
        services.AddSingleton(keys);
        services.AddSingleton<RequestAuthorization>();
        services.AddSingleton<BodyReading>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<TrustedHosts>();
        services.AddSingleton<FunctionEndpoints>();
        services.AddWebPipeline(settings);
        services.AddHttpTelemetry();
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.MaxRequestBody;
            kestrel.Limits.MaxRequestBufferSize = HttpSettings.ConnectionBuffer;
            kestrel.Limits.MaxResponseBufferSize = HttpSettings.ConnectionBuffer;
            kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = settings.HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(HttpSettings.MinBodyRate, settings.BodyGrace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(HttpSettings.MinBodyRate, settings.BodyGrace);
            if (settings.Address is { } address)
            {
                kestrel.Listen(address, settings.Port, Http1);
            }
            else if (settings.Port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0, Http1);
            }
            else
            {
                kestrel.ListenLocalhost(settings.Port, Http1);
            }

            static void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
        });
        services.PostConfigure<LoggerFilterOptions>(LimitServerLogs);
    }

    /// <summary>
    /// Keeps callers' data and floods out of the log whatever the settings say: at Debug the first category repeats the request line, which
    /// may hold a key; the second writes a warning per connection beyond the limit, which <see cref="RefusalLog"/> summarizes; the third
    /// repeats whole addresses, and makes ASP.NET Core create an activity for each request.
    /// </summary>
    private static void LimitServerLogs(LoggerFilterOptions filters)
    {
        const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";
        foreach (var provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            filters.Rules.Add(new LoggerFilterRule(provider, $"{Kestrel}.BadRequests", LogLevel.Warning, filter: null));
            filters.Rules.Add(new LoggerFilterRule(provider, $"{Kestrel}.Connections", LogLevel.Error, filter: null));
            filters.Rules.Add(new LoggerFilterRule(provider, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, filter: null));
        }
    }
}
