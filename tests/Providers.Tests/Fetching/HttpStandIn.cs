using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorum.Testing;

namespace Quorum.Providers.Tests;

/// <summary>A real HTTP server on a free port that answers as the test says.</summary>
internal sealed class HttpStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _arrivals = new(0);

    private HttpStandIn(WebApplication app) => _app = app;

    public required Func<HttpContext, Task> Answer { get; set; }

    public string Address { get; private set; } = "";

    /// <summary>Path and query of each request, in the order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The headers of each request, copied: the server uses its own again.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Headers { get; } = [];

    public static async Task<HttpStandIn> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var standIn = new HttpStandIn(builder.Build()) { Answer = answer };
        standIn._app.Run(async context =>
        {
            standIn.Requests.Enqueue(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            standIn.Headers.Enqueue(
                context.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                )
            );
            standIn._arrivals.Release();
            await standIn.Answer(context);
        });
        await standIn._app.StartAsync();
        standIn.Address = standIn
            ._app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.Single();
        return standIn;
    }

    public static Task<HttpStandIn> StartAsync(int status, string body) => StartAsync(context => WriteAsync(context, status, body));

    public static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    /// <summary>Completes when one more request has arrived.</summary>
    public Task ArrivalAsync() => _arrivals.WaitAsync().WithinAsync(what: "a request arrives");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
