using System.Net;
using Quorum.Functions.Http;

namespace Quorum.Functions.Overload;

/// <summary>The 429 of a request that <see cref="Admission"/> rejects.</summary>
internal static class OverloadProblem
{
    public static Problem Of(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:overloaded",
            Title = "Too many requests",
            Status = HttpStatusCode.TooManyRequests,
            Detail = "More requests are under way than can be answered in time.",
            TraceId = traceId,
            RetryAfterSeconds = 1,
        };
}
