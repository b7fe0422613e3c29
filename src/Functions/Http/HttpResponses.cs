using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.Functions.Telemetry;
using Quorum.Shared.Postgres;

namespace Quorum.Functions.Http;

/// <summary>Responses that all functions share.</summary>
internal static partial class HttpResponses
{
    private const int TraceIdStart = 3,
        TraceIdLength = 32;

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
    public static async Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        ReadOnlyMemory<byte> json,
        CancellationToken cancellationToken
    )
    {
        var response = request.CreateResponse(HttpStatusCode.OK);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        await response.Body.WriteAsync(json, cancellationToken);
        return response;
    }

    /// <summary>Answers with what is wrong with the request.</summary>
    public static Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        IReadOnlyList<InvalidParameter> faults,
        CancellationToken cancellationToken
    ) => request.RespondAsync(RequestProblems.InvalidRequest(faults, request.TraceId()), cancellationToken);

    /// <summary>Answers 200 with JSON that the caller may keep and ask again with its entity tag, which is that of the content; or
    /// 304.</summary>
    public static async Task<HttpResponseData> RespondTaggedAsync(
        this HttpRequestData request,
        ReadOnlyMemory<byte> json,
        CancellationToken cancellationToken
    )
    {
        var entityTag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json.Span).AsSpan(0, 16))}\"";
        var held = request.Holds(entityTag);
        var response = request.CreateResponse(held ? HttpStatusCode.NotModified : HttpStatusCode.OK);
        response.Headers.Add("ETag", entityTag);
        response.Headers.Add("Cache-Control", "private, no-cache");
        if (!held)
        {
            response.Headers.Add("Content-Type", "application/json; charset=utf-8");
            await response.Body.WriteAsync(json, cancellationToken);
        }

        return response;
    }

    /// <summary>Runs what needs PostgreSQL; answers 503 when that does not answer.</summary>
    public static async Task<HttpResponseData> WithStorageAsync(
        this HttpRequestData request,
        Func<Task<HttpResponseData>> respond,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await respond();
        }
        catch (NpgsqlException exception) when (exception.IsTemporary())
        {
            LogNoStorage(request.FunctionContext.GetLogger("Quorum.Functions.Http"), exception, request.Url.AbsolutePath);
            return await request.RespondAsync(RequestProblems.StorageUnavailable(request.TraceId()), cancellationToken);
        }
    }

    /// <summary>Answers with a problem document. Problems are never to be stored by a cache.</summary>
    public static async Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        Problem problem,
        CancellationToken cancellationToken
    )
    {
        RequestLog.NoteInstance(request, problem.InstanceId);
        var response = request.CreateResponse(problem.Status);
        response.Headers.Add("Content-Type", "application/problem+json; charset=utf-8");
        response.Headers.Add("Cache-Control", "no-store");
        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.Add("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        await response.Body.WriteAsync(ApiJson.Write(problem, HttpJson.Default.Problem), cancellationToken);
        return response;
    }

    [LoggerMessage(EventId = 1012, Level = LogLevel.Warning, Message = "PostgreSQL does not answer a request for {Path}.")]
    private static partial void LogNoStorage(ILogger logger, Exception exception, string path);
}
