using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>A problem document of the host itself (RFC 9457).</summary>
/// <param name="Detail">The correction that the caller can make; null when the title is enough.</param>
/// <param name="RetryAfterSeconds">The time until a retry makes sense; null when a retry changes nothing.</param>
internal sealed record Problem(int Status, string Title, string Type, string? Detail = null, int? RetryAfterSeconds = null)
{
    public const string ContentType = "application/problem+json";

    private const string Rfc9110 = "https://www.rfc-editor.org/rfc/rfc9110#section-";

    public static Problem BadRequest { get; } = new(400, "Bad Request", Rfc9110 + "15.5.1");

    public static Problem NoText { get; } = BadRequest with { Detail = "The percent-encoded bytes of the address must be UTF-8." };

    public static Problem UnknownHost { get; } = BadRequest with { Detail = "The Host header must be localhost or one of AllowedHosts." };

    public static Problem Unauthorized { get; } = new(401, "Unauthorized", Rfc9110 + "15.5.2");

    public static Problem Forbidden { get; } = new(403, "Forbidden", Rfc9110 + "15.5.4");

    public static Problem NotFound { get; } = new(404, "Not Found", Rfc9110 + "15.5.5");

    public static Problem MethodNotAllowed { get; } = new(405, "Method Not Allowed", Rfc9110 + "15.5.6");

    public static Problem Gone { get; } = new(410, "Gone", Rfc9110 + "15.5.11");

    public static Problem Conflict { get; } = new(409, "Conflict", Rfc9110 + "15.5.10");

    public static Problem InternalServerError { get; } = new(500, "Internal Server Error", Rfc9110 + "15.6.1");

    public static Problem ServiceUnavailable { get; } =
        new(
            503,
            "Service Unavailable",
            Rfc9110 + "15.6.4",
            "What the request leads to could not be handed on. Nothing was accepted; send it again.",
            RetryAfterSeconds: 2
        );

    public static Problem Busy { get; } =
        ServiceUnavailable with
        {
            Detail = "The bodies of other requests use all of the memory for bodies. Nothing was accepted; send the request again.",
            RetryAfterSeconds = 1,
        };

    /// <summary>The problem for a request whose body the server refused while reading it.</summary>
    /// <param name="maxBody">The maximum body size in bytes.</param>
    public static Problem Rejected(int status, int maxBody) =>
        status switch
        {
            408 => new(408, "Request Timeout", Rfc9110 + "15.5.9"),
            413 => new(413, "Content Too Large", Rfc9110 + "15.5.14", $"The body must have no more than {maxBody} bytes."),
            503 => Busy,
            _ => BadRequest,
        };

    /// <summary>Returns the document. ASP.NET Core's own writer would send none to a caller whose <c>Accept</c> is not JSON.</summary>
    /// <param name="traceParent">W3C; its trace id becomes the document's.</param>
    public byte[] ToUtf8Json(string traceParent) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ProblemDetails
            {
                Type = Type,
                Title = Title,
                Status = Status,
                Detail = Detail,
                Extensions = { ["traceId"] = traceParent[3..35] },
            },
            ProblemJson.Readable.ProblemDetails
        );
}

[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    public static ProblemJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
