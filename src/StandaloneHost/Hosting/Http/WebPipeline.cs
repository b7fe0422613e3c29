using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>ASP.NET Core's middleware for what the Functions platform does around an app: proxies' headers, compression, CORS; and the
/// answers to requests that reach no endpoint.</summary>
internal static class WebPipeline
{
    /// <summary>Adds the services and options of the middleware.</summary>
    public static IServiceCollection AddWebPipeline(this IServiceCollection services, HttpSettings settings)
    {
        var web = settings.Web;
        services.AddRouting();
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

    /// <summary>Adds the middleware, up to the choice of the endpoint.</summary>
    public static void UseWebPipeline(this IApplicationBuilder app, HttpSettings settings, TrustedHosts hosts)
    {
        if (settings.Web.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseResponseCompression();
        if (settings.Web.CorsOrigins.Count > 0)
        {
            // It resolves a service in each request, so only those of a page get there.
            app.UseWhen(static context => context.Request.Headers.Origin.Count > 0, static page => page.UseCors());
        }

        app.Use(next =>
            context =>
                !hosts.Serves(context) ? Answer.SendAsync(context, Problem.UnknownHost)
                : !RequestTarget.IsText(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
                    ? Answer.SendAsync(context, Problem.NoText)
                : next(context)
        );
        app.UseRouting();
        app.Use(next =>
            context =>
                context.GetEndpoint() switch
                {
                    RouteEndpoint => next(context),
                    { } rejection => RejectAsync(context, rejection),
                    null => Answer.SendAsync(context, Problem.NotFound),
                }
        );
    }

    /// <summary>Adds the document to the answer of routing itself, which has the status 405 and the header <c>Allow</c>.</summary>
    private static async Task RejectAsync(HttpContext context, Endpoint rejection)
    {
        if (rejection.RequestDelegate is { } answer)
        {
            await answer(context);
        }

        await Answer.SendAsync(context, Problem.MethodNotAllowed);
    }
}
