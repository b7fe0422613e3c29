using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Management;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Takes each request from the server to its function and the answer back. Whatever goes wrong ends here as a problem
/// document.</summary>
/// <param name="home">The path to which <c>GET /</c> redirects; <see langword="null"/>: it is a 404.</param>
internal sealed partial class HttpApplication(
    RouteTable routes,
    RequestAuthorization authorization,
    BodyReading bodies,
    RefusalLog refusals,
    ManagementApi? management,
    WebPipeline web,
    string? home,
    ILogger<HttpApplication> logger
) : IHttpApplication<IncomingRequest>
{
    private const int ClientClosedRequest = 499; // as nginx calls it; the client has left

    public IncomingRequest CreateContext(IFeatureCollection contextFeatures) => new(contextFeatures, web.TrustedHosts, bodies);

    public void DisposeContext(IncomingRequest context, Exception? exception) => context.Dispose();

    public Task ProcessRequestAsync(IncomingRequest context) =>
        web.Concerns(context) ? web.RunAsync(context, AnswerAsync) : AnswerAsync(context);

    private async Task AnswerAsync(IncomingRequest context)
    {
        if (!web.TrustedHosts.Serves(context))
        {
            await Answer.SendAsync(context, Problem.UnknownHost);
            return;
        }

        if (!RequestTarget.IsText(context.RawTarget))
        {
            await Answer.SendAsync(context, Problem.NoText);
            return;
        }

        if (management is not null && ManagementApi.Owns(context.Path))
        {
            await GuardAsync(context, invocation: null, management.AnswerAsync(context, authorization));
            return;
        }

        var begun = RuntimeMetrics.Begin(RuntimeMetrics.RequestDuration);
        var match = routes.Find(context.Method, context.Path);
        using var span = RequestSpan.Start(context, match.Route);
        if (match.Route is { } route)
        {
            context.RouteValues = match.Values;
            var invocation = new Invocation(route.Function, context);
            await GuardAsync(context, invocation, InvokeAsync(context, route, invocation));
        }
        else if (home is not null && context is { Path: "/", Method: "GET" or "HEAD" })
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = home;
        }
        else
        {
            if (match.Allow is { } allow)
            {
                context.Response.Headers.Allow = allow;
            }

            await Answer.SendAsync(context, match.Allow is null ? Problem.NotFound : Problem.MethodNotAllowed);
        }

        RequestSpan.Complete(span, context.Response.StatusCode);
        if (begun != 0)
        {
            RuntimeMetrics.RequestDuration.RecordSince(
                begun,
                new TagList
                {
                    { "http.request.method", match.Route is null ? "_OTHER" : context.Method },
                    { "http.route", match.Route?.Template },
                    { "http.response.status_code", context.Response.StatusCode },
                }
            );
        }
    }

    private async Task InvokeAsync(IncomingRequest request, Route route, Invocation invocation)
    {
        if (authorization.Refuse(request, route.Trigger.Level) is { } refusal)
        {
            await Answer.SendAsync(request, refusal);
            return;
        }

        request.Keys = authorization.Keys;
        await request.ReadBodyAsync();
        try
        {
            var result = await route.Function.Runtime.Pipeline.RunAsync(invocation);
            if ((result as HttpResponseData ?? route.Function.Outputs?.ResponseOf(result)) is { } response)
            {
                await Answer.SendAsync(request, response);
            }
            else
            {
                Answer.SendNothing(request);
            }
        }
        finally
        {
            await invocation.CloseAsync();
        }
    }

    private async Task GuardAsync(IncomingRequest request, Invocation? invocation, Task answering)
    {
        try
        {
            await answering;
        }
        catch (BadHttpRequestException rejected)
        {
            refusals.Count(rejected, request.Features);
            await FailAsync(request, Problem.Rejected(rejected.StatusCode));
        }
        catch (RouteValueException fault)
        {
            await FailAsync(request, Problem.BadRequest with { Detail = fault.Message });
        }
        catch (Exception) when (request.Aborted.IsCancellationRequested)
        {
            request.Response.StatusCode = ClientClosedRequest;
        }
        catch (OutputUnavailableException fault)
        {
            LogOutputUnavailable(fault, invocation?.Function.Name ?? "management");
            await FailAsync(request, Problem.ServiceUnavailable);
        }
        catch (Exception fault)
        {
            Activity.Current?.AddException(fault);
            LogFailure(fault, invocation?.Function.Name ?? "management", invocation?.InvocationId, request.TraceParent);
            await FailAsync(request, Problem.InternalServerError);
        }
    }

    private static async Task FailAsync(IncomingRequest request, Problem problem)
    {
        var response = request.Response;
        if (response.HasStarted)
        {
            request.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
            return;
        }

        response.Headers.Clear();
        if (problem.ClosesConnection)
        {
            response.Headers.Connection = "close"; // so that the rest of the body is not waited for
        }

        await Answer.SendAsync(request, problem);
    }

    [LoggerMessage(2111, LogLevel.Error, "Function {Function} failed. Invocation {InvocationId}, trace {TraceParent}.")]
    private partial void LogFailure(Exception fault, string function, string? invocationId, string traceParent);

    [LoggerMessage(
        2112,
        LogLevel.Warning,
        "The output of function {Function} could not be delivered; its caller gets a 503 with Retry-After"
    )]
    private partial void LogOutputUnavailable(Exception fault, string function);
}
