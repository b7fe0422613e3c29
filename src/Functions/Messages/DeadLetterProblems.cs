using System.Net;
using Quorum.Functions.Http;

namespace Quorum.Functions.Messages;

/// <summary>The reasons why a dead letter is not put back.</summary>
internal static class DeadLetterProblems
{
    public static Problem NotFound(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-dead-letter",
            Title = "Unknown dead letter",
            Status = HttpStatusCode.NotFound,
            Detail = "There is no dead letter of this id, or it was deleted when its retention ended.",
            TraceId = traceId,
        };

    public static Problem NotKept(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:dead-letter-not-kept",
            Title = "Dead letter not kept",
            Status = HttpStatusCode.Conflict,
            Detail =
                "The message itself is not kept, since something in it may be a key. It is in the poison queue of its queue; send it from there, or from its source.",
            TraceId = traceId,
        };

    public static Problem RequeuedAlready(string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:requeued-already",
            Title = "Requeued already",
            Status = HttpStatusCode.Conflict,
            Detail =
                "The message was put back on its queue before. If it failed again, it is a dead letter of its own; to send it once more, repeat the call with again=true.",
            TraceId = traceId,
        };
}
