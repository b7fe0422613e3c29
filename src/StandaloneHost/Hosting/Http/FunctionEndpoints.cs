using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Management;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>The endpoints of the app: its HTTP functions, the management API and the home page. Whatever goes wrong in one of them ends
/// here as a problem document.</summary>
internal sealed partial class FunctionEndpoints(
    FunctionCatalogue catalogue,
    RequestAuthorization authorization,
    TrustedHosts hosts,
    BodyReading bodies,
    RefusalLog refusals,
    HttpSettings settings,
    ILogger<FunctionEndpoints> logger
)
{
    /// <summary>Maps the endpoints.</summary>
    /// <param name="endpoints">Receives them.</param>
    /// <param name="management">The management API; <see langword="null"/> in an app without Durable Functions.</param>
    /// <param name="home">The path to which <c>GET /</c> redirects; <see langword="null"/>: it is a 404.</param>
    public void Map(IEndpointRouteBuilder endpoints, ManagementApi? management, string? home)
    {
        var order = 0;
        foreach (var route in catalogue.Routes)
        {
            // In an order, so that two routes which match the same path are not ambiguous.
            endpoints
                .Map(route.Pattern, context => AnswerAsync(context, route))
                .WithMetadata(new HttpMethodMetadata(route.Trigger.Methods))
                .WithOrder(order++);
        }

        if (management is not null)
        {
            endpoints.Map($"{ManagementApi.Root}/{{**path}}", context => ManageAsync(context, management)).WithOrder(-1);
        }

        if (home is not null)
        {
            endpoints.Map("/", context => LeadHomeAsync(context, home)).WithOrder(order);
        }
    }

    private async Task AnswerAsync(HttpContext context, FunctionRoute route)
    {
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("faas.name", route.Function.Name);
            span.SetTag("faas.trigger", "http");
        }

        using var request = new IncomingRequest(context, hosts, bodies);
        var invocation = new Invocation(route.Function, request);
        await GuardAsync(request, invocation, InvokeAsync(request, route, invocation));
    }

    private async Task ManageAsync(HttpContext context, ManagementApi api)
    {
        using var request = new IncomingRequest(context, hosts, bodies);
        await GuardAsync(request, invocation: null, api.AnswerAsync(request, authorization));
    }

    private static Task LeadHomeAsync(HttpContext context, string home)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            return Answer.SendAsync(context, Problem.NotFound);
        }

        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = home;
        return Task.CompletedTask;
    }

    private async Task InvokeAsync(IncomingRequest request, FunctionRoute route, Invocation invocation)
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
            await FailAsync(request, Problem.Rejected(rejected.StatusCode, settings.MaxRequestBody), closesConnection: true);
        }
        catch (RouteValueException fault)
        {
            await FailAsync(request, Problem.BadRequest with { Detail = fault.Message });
        }
        catch (Exception) when (request.Aborted.IsCancellationRequested)
        {
            if (!request.Response.HasStarted)
            {
                request.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
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

    private static async Task FailAsync(IncomingRequest request, Problem problem, bool closesConnection = false)
    {
        var response = request.Response;
        if (response.HasStarted)
        {
            request.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
            return;
        }

        response.Headers.Clear();
        if (closesConnection)
        {
            response.Headers.Connection = "close"; // so that the rest of the body is neither waited for nor taken for the next request
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
