using System.Diagnostics;
using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Quorum.Functions.Http;

/// <summary>Answers for an HTTP function that throws: with a problem document, on every host. Nothing of the exception goes out. A caller
/// who has hung up is no failure of the function.</summary>
internal sealed partial class UnhandledExceptions(ILogger<UnhandledExceptions> logger) : IFunctionsWorkerMiddleware
{
    /// <summary>The status that proxies log for a client that did not wait. Not in RFC 9110, and never sent.</summary>
    private const HttpStatusCode ClientClosedRequest = (HttpStatusCode)499;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            await context.RespondAsync(request => Task.FromResult(request.CreateResponse(ClientClosedRequest)));
        }
        catch (Exception exception) // The edge of the app: what comes here is a fault of ours.
        {
            LogFailure(exception, context.FunctionDefinition.Name, context.InvocationId);
            Activity.Current?.AddException(exception).SetStatus(ActivityStatusCode.Error);
            await context.RespondAsync(request =>
                request.RespondAsync(RequestProblems.Unexpected(request.TraceId()), context.CancellationToken)
            );
        }
    }

    [LoggerMessage(EventId = 1022, Level = LogLevel.Error, Message = "Function {Function} failed. Invocation {InvocationId}.")]
    private partial void LogFailure(Exception exception, string function, string invocationId);
}
