using System.Net;

namespace Quorum.Functions.Http;

/// <summary>The problems of requests that several functions share.</summary>
internal static class RequestProblems
{
    /// <summary>The maximum number of errors in one document, which must not grow with the request.</summary>
    public const int MaxErrors = 20;

    public static Problem InvalidRequest(IReadOnlyList<InvalidParameter> faults, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:invalid-request",
            Title = "Invalid request",
            Status = HttpStatusCode.BadRequest,
            Detail =
                faults.Count <= MaxErrors
                    ? string.Join(' ', faults)
                    : $"{string.Join(' ', faults.Take(MaxErrors))} There are {faults.Count - MaxErrors} more errors.",
            TraceId = traceId,
            Errors = faults.Count <= MaxErrors ? faults : [.. faults.Take(MaxErrors)],
            MoreErrors = faults.Count <= MaxErrors ? null : faults.Count - MaxErrors,
        };

    public static Problem BodyTooLarge(int maxBytes, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:body-too-large",
            Title = "Body too large",
            Status = HttpStatusCode.RequestEntityTooLarge,
            Detail = $"The body must have at most {maxBytes} bytes.",
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

    /// <summary>An unexpected error in the app.</summary>
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

    /// <summary>The task hub does not answer, and nothing else can.</summary>
    public static Problem TaskHubUnavailable(string traceId) =>
        StorageUnavailable(traceId) with
        {
            Detail = "The task hub does not answer. Try again later.",
        };
}
