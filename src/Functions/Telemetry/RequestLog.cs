using System.Collections.Frozen;
using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Quorum.Functions.Batches;
using Quorum.Functions.Http;
using Quorum.Functions.Messages;

namespace Quorum.Functions.Telemetry;

/// <summary>Logs one line for each HTTP request; of requests to functions that need no key 60 a minute, failures apart, and the number of
/// the others. Nothing that a caller sends reaches it but an escaped path and a plain symbol, both shortened: no key, and no line break
/// that would forge another line.</summary>
internal sealed partial class RequestLog(TimeProvider time, ILogger<RequestLog> logger) : IFunctionsWorkerMiddleware
{
    private const string InstanceKey = "Quorum.InstanceId",
        None = "-";
    private const int MaxPathLength = 120,
        MaxSymbolLength = 32,
        AnonymousLines = 60;

    private static readonly FrozenSet<string> AnonymousFunctions = HttpFunctions.OfLevel(AuthorizationLevel.Anonymous);

    private readonly LogRateLimit _anonymous = new(AnonymousLines, time);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (!logger.IsEnabled(LogLevel.Warning))
        {
            await next(context);
            return;
        }

        var clock = new RequestClock(time);
        await next(context);
        if (await context.GetHttpRequestDataAsync() is { } request)
        {
            var (path, status, took) = (Shorten(request.Url.AbsolutePath), (int)StatusOf(context), Math.Round(clock.ElapsedMs, 1));
            var instance = context.Items.TryGetValue(InstanceKey, out var noted) ? (string)noted : None;
            if (path.Contains("/health/", StringComparison.Ordinal))
            {
                return; // probes ask every few seconds, and a start answers them with 503
            }

            if (status >= (int)HttpStatusCode.InternalServerError)
            {
                LogFailure(request.Method, path, status, took, SymbolOf(context), instance, request.TraceId());
            }
            else if (!AnonymousFunctions.Contains(context.FunctionDefinition.Name) || TakeAnonymousLine())
            {
                LogRequest(request.Method, path, status, took, SymbolOf(context), instance, request.TraceId());
            }
        }
    }

    private bool TakeAnonymousLine()
    {
        var isTaken = _anonymous.TryTake(out var leftOut);
        if (leftOut > 0)
        {
            LogLeftOut(leftOut);
        }

        return isTaken;
    }

    /// <summary>Notes the orchestration instance of the answer.</summary>
    public static void NoteInstance(HttpRequestData request, string? instanceId)
    {
        if (instanceId is not null)
        {
            request.FunctionContext.Items[InstanceKey] = instanceId;
        }
    }

    private static HttpStatusCode StatusOf(FunctionContext context) =>
        context.GetInvocationResult().Value switch
        {
            HttpResponseData response => response.StatusCode,
            PostedBatch posted => posted.Response.StatusCode,
            RequeuedDeadLetter requeued => requeued.Response.StatusCode,
            _ => context.GetOutputBindings<HttpResponseData>().FirstOrDefault()?.Value?.StatusCode ?? HttpStatusCode.NoContent,
        };

    private static string SymbolOf(FunctionContext context) =>
        context.BindingContext.BindingData.TryGetValue("symbol", out var symbol)
        && symbol?.ToString() is { Length: > 0 and <= MaxSymbolLength } text
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or ':' or '-')
            ? text
            : None;

    private static string Shorten(string path) => path.Length <= MaxPathLength ? path : string.Concat(path.AsSpan(0, MaxPathLength), "...");

    [LoggerMessage(
        EventId = 1014,
        Level = LogLevel.Warning,
        Message = "{Method} {Path} {Status} {DurationMs} ms, symbol {Symbol}, instance {InstanceId}, trace {TraceId}"
    )]
    private partial void LogFailure(
        string method,
        string path,
        int status,
        double durationMs,
        string symbol,
        string instanceId,
        string traceId
    );

    [LoggerMessage(
        EventId = 1013,
        Level = LogLevel.Information,
        Message = "{Method} {Path} {Status} {DurationMs} ms, symbol {Symbol}, instance {InstanceId}, trace {TraceId}"
    )]
    private partial void LogRequest(
        string method,
        string path,
        int status,
        double durationMs,
        string symbol,
        string instanceId,
        string traceId
    );

    [LoggerMessage(EventId = 1018, Level = LogLevel.Warning, Message = "Requests to functions that need no key, not logged: {Count}")]
    private partial void LogLeftOut(int count);
}
