using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>ASP.NET Core's middleware for what the Functions platform does around an app: proxies' headers, compression, CORS.
/// A request that none of it concerns does not go through it.</summary>
internal sealed class WebPipeline
{
    private readonly RequestDelegate _pipeline;
    private readonly bool _concernsAll;

    public WebPipeline(IServiceProvider services, HttpSettings settings)
    {
        var web = settings.Web;
        _concernsAll = web.KnownProxies.Count > 0;
        TrustedHosts = new TrustedHosts(settings);
        var app = new ApplicationBuilder(services);
        if (web.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseResponseCompression();
        if (web.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.Run(static context => context.Features.GetRequiredFeature<Answering>().RunAsync());
        _pipeline = app.Build();
    }

    public TrustedHosts TrustedHosts { get; }

    public bool Concerns(IncomingRequest request) =>
        _concernsAll || request.Headers.AcceptEncoding.Count > 0 || request.Headers.Origin.Count > 0;

    public Task RunAsync(IncomingRequest request, Func<IncomingRequest, Task> answer)
    {
        request.Features.Set(new Answering(request, answer));
        return _pipeline(new DefaultHttpContext(request.Features));
    }

    private sealed class Answering(IncomingRequest request, Func<IncomingRequest, Task> answer)
    {
        public Task RunAsync() => answer(request);
    }
}

internal static class WebPipelineRegistration
{
    /// <summary>Adds the pipeline and its middleware's services and options.</summary>
    public static IServiceCollection AddWebPipeline(this IServiceCollection services, HttpSettings settings)
    {
        var web = settings.Web;
        services.AddSingleton<WebPipeline>();
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true; // no answer mixes a secret of its reader with text chosen by others
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"];
        });
        services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
            {
                policy.WithOrigins([.. web.CorsOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("*");
                if (web.CorsCredentials)
                {
                    policy.AllowCredentials();
                }
            })
        );
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in web.KnownProxies)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
        });
        return services;
    }
}
