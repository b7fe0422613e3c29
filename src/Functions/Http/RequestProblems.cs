using System.Net;

namespace Quorum.Functions.Http;

/// <summary>The problems that any function may have with a request.</summary>
internal static class RequestProblems
{
    public static Problem InvalidRequest(IReadOnlyList<InvalidParameter> faults, string traceId) => new()
    {
        Type = "urn:quorum:problem:invalid-request",
        Title = "Invalid request",
        Status = HttpStatusCode.BadRequest,
        Detail = string.Join(' ', faults),
        TraceId = traceId,
        Errors = faults,
    };

    public static Problem BodyTooLarge(int mostBytes, string traceId) => new()
    {
        Type = "urn:quorum:problem:body-too-large",
        Title = "Body too large",
        Status = HttpStatusCode.RequestEntityTooLarge,
        Detail = $"The body has at most {mostBytes} bytes.",
        TraceId = traceId,
    };

    public static Problem NotJson(string traceId) => new()
    {
        Type = "urn:quorum:problem:unsupported-media-type",
        Title = "Unsupported media type",
        Status = HttpStatusCode.UnsupportedMediaType,
        Detail = "The body is JSON, and its Content-Type says so: application/json.",
        TraceId = traceId,
    };

    /// <summary>A fault of the app's own.</summary>
    public static Problem Unexpected(string traceId) => new()
    {
        Type = "urn:quorum:problem:internal-error",
        Title = "Internal error",
        Status = HttpStatusCode.InternalServerError,
        Detail = "The request could not be answered because of an error in the app. The log has it under the trace id.",
        TraceId = traceId,
    };

    /// <summary>PostgreSQL does not answer, and nothing else can.</summary>
    public static Problem StorageUnavailable(string traceId) => new()
    {
        Type = "urn:quorum:problem:unavailable",
        Title = "Unavailable",
        Status = HttpStatusCode.ServiceUnavailable,
        Detail = "PostgreSQL does not answer.",
        TraceId = traceId,
        RetryAfterSeconds = 1,
    };
}
