using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.Functions.Http;

/// <summary>Answers that every function gives alike.</summary>
internal static class HttpResponses
{
    private const int TraceIdStart = 3, TraceIdLength = 32;

    /// <summary>The W3C trace id of the request, 32 hexadecimal digits.</summary>
    public static string TraceId(this HttpRequestData request)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            return activity.TraceId.ToHexString();
        }

        // 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
        var parent = request.FunctionContext.TraceContext.TraceParent;
        return parent is { Length: >= TraceIdStart + TraceIdLength }
            ? parent.Substring(TraceIdStart, TraceIdLength)
            : ActivityTraceId.CreateRandom().ToHexString();
    }

    /// <summary>Answers 200 with JSON that no cache keeps.</summary>
    public static async Task<HttpResponseData> RespondAsync(this HttpRequestData request, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync(json, cancellationToken);
        return response;
    }

    /// <summary>Answers with a problem document. Problems are never to be stored by a cache.</summary>
    public static async Task<HttpResponseData> RespondAsync(this HttpRequestData request, Problem problem, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse(problem.Status);
        response.Headers.Add("Content-Type", "application/problem+json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.Add("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, HttpJson.Default.Problem), cancellationToken);
        return response;
    }
}
