using System.Diagnostics;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>
/// The server span of a request, by OpenTelemetry's conventions for HTTP and functions
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). Costs nothing without a listener. The query is left out: it may hold a
/// key.
/// </summary>
internal static class RequestSpan
{
    public static Activity? Start(IncomingRequest request, Route? route)
    {
        if (!StandaloneTelemetry.Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(request.Headers.TraceParent, request.TraceState, isRemote: true, out var parent);
        var span = StandaloneTelemetry.Source.CreateActivity(
            route is null ? request.Method : $"{request.Method} {route.Template}",
            ActivityKind.Server,
            parent
        );
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.request.method", request.Method);
            span.SetTag("url.path", request.Path);
            span.SetTag("url.scheme", "http");
            if (route is not null)
            {
                span.SetTag("http.route", route.Template);
                span.SetTag("faas.name", route.Function.Name);
                span.SetTag("faas.trigger", "http");
            }
        }

        if (span?.Start() is { Id: { } id })
        {
            request.TraceParent = id;
        }

        return span;
    }

    public static void Complete(Activity? span, int status)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString());
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
