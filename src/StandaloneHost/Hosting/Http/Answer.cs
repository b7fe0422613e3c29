using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Primitives;
using Quorum.StandaloneHost.Hosting.Invocations;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Sends what a function, or the host in its place, answers.</summary>
internal static class Answer
{
    /// <summary>A function's response. Its body is sent from its start, with its length where that is known.</summary>
    public static Task SendAsync(IncomingRequest request, HttpResponseData response)
    {
        var head = request.Response;
        var status = (int)response.StatusCode;
        if (status is < 200 or > 999)
        {
            throw new InvalidOperationException($"The function answered with status {status}; a final status is 200 to 999.");
        }

        head.StatusCode = status;
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            head.Headers[name] = values.Count == 1 ? values.ToString() : values.ToArray();
        }

        head.Headers.Remove("Transfer-Encoding");
        if (response is ResponseData { SetCookies: { } cookies })
        {
            head.Headers.SetCookie = StringValues.Concat(head.Headers.SetCookie, cookies.ToArray());
        }

        if (status is 204 or 205 or 304)
        {
            head.Headers.ContentLength = null;
            return Task.CompletedTask;
        }

        return response is ResponseData own ? SendBodyAsync(request, own.WrittenBody) : SendBodyAsync(request, response.Body);
    }

    /// <summary>No content: a function that returns nothing.</summary>
    public static void SendNothing(IncomingRequest request) => request.Response.StatusCode = 204;

    /// <summary>JSON that is written already.</summary>
    public static async Task SendJsonAsync(IncomingRequest request, int status, PooledBody body)
    {
        var head = request.Response;
        head.StatusCode = status;
        head.Headers.ContentType = "application/json; charset=utf-8";
        head.Headers.ContentLength = body.Length;
        await request.Response.BodyWriter.WriteAsync(body.Written);
    }

    /// <summary>A problem document.</summary>
    public static Task SendAsync(IncomingRequest request, Problem problem) => SendAsync(request.Context, problem, request.TraceParent);

    /// <summary>A problem document for a request that reaches no function.</summary>
    public static Task SendAsync(HttpContext context, Problem problem) =>
        SendAsync(context, problem, W3CTraceContext.Current ?? W3CTraceContext.OfCaller(context.Request.Headers));

    private static async Task SendAsync(HttpContext context, Problem problem, string traceParent)
    {
        var body = problem.ToUtf8Json(traceParent);
        var head = context.Response;
        head.StatusCode = problem.Status;
        head.Headers.ContentType = Problem.ContentType;
        head.Headers.CacheControl = "no-store";
        if (problem.RetryAfterSeconds is { } seconds)
        {
            head.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        head.Headers.ContentLength = body.Length;
        await head.BodyWriter.WriteAsync(body);
    }

    private static async Task SendBodyAsync(IncomingRequest request, Stream? body)
    {
        var headers = request.Response.Headers;
        switch (body)
        {
            case null:
                headers.ContentLength = 0;
                break;

            case PooledBody pooled:
                headers.ContentLength = pooled.Length;
                await request.Response.BodyWriter.WriteAsync(pooled.Written);
                break;

            default:
                headers.ContentLength = null;
                if (body.CanSeek)
                {
                    body.Position = 0;
                    headers.ContentLength = body.Length;
                }

                await body.CopyToAsync(request.Response.Body, request.Aborted);
                break;
        }
    }
}
