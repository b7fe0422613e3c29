using System.Net;

namespace Quorum.Functions.Http;

/// <summary>The problems of requests that several functions share.</summary>
internal static class RequestProblems
{
    /// <summary>The most errors in one document: it must not grow with the request.</summary>
    public const int MostErrors = 20;

    public static Problem InvalidRequest(IReadOnlyList<InvalidParameter> faults, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:invalid-request",
            Title = "Invalid request",
            Status = HttpStatusCode.BadRequest,
            Detail =
                faults.Count <= MostErrors
                    ? string.Join(' ', faults)
                    : $"{string.Join(' ', faults.Take(MostErrors))} There are {faults.Count - MostErrors} more errors.",
            TraceId = traceId,
            Errors = faults.Count <= MostErrors ? faults : [.. faults.Take(MostErrors)],
            MoreErrors = faults.Count <= MostErrors ? null : faults.Count - MostErrors,
        };

    public static Problem BodyTooLarge(int mostBytes, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:body-too-large",
            Title = "Body too large",
            Status = HttpStatusCode.RequestEntityTooLarge,
            Detail = $"The body must have at most {mostBytes} bytes.",
            TraceId = traceId,
        };

    public static Problem NotJson(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unsupported-media-type",
            Title = "Unsupported media type",
            Status = HttpStatusCode.UnsupportedMediaType,
            Detail = "The body must be JSON, and its Content-Type must be application/json.",
            TraceId = traceId,
        };

    /// <summary>A fault of the app's own.</summary>
    public static Problem Unexpected(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:internal-error",
            Title = "Internal error",
            Status = HttpStatusCode.InternalServerError,
            Detail = "An error in the app. The log has it under the trace id.",
            TraceId = traceId,
        };

    /// <summary>The process has just started and is not ready yet.</summary>
    public static Problem Starting(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:starting",
            Title = "Starting",
            Status = HttpStatusCode.ServiceUnavailable,
            Detail = "The service is starting. Ask again in a second.",
            TraceId = traceId,
            RetryAfterSeconds = 1,
        };

    /// <summary>PostgreSQL does not answer, and nothing else can.</summary>
    public static Problem StorageUnavailable(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unavailable",
            Title = "Unavailable",
            Status = HttpStatusCode.ServiceUnavailable,
            Detail = "PostgreSQL does not answer. Try again later.",
            TraceId = traceId,
            RetryAfterSeconds = 1,
        };
}
