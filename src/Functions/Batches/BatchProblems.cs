using System.Net;
using Quorum.Functions.Http;

namespace Quorum.Functions.Batches;

/// <summary>The problem documents of batch requests.</summary>
internal static class BatchProblems
{
    public static Problem NotFound(string id, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:unknown-batch",
            Title = "Unknown batch",
            Status = HttpStatusCode.NotFound,
            Detail = $"There is no batch '{id}', or it was deleted when its retention ended.",
            TraceId = traceId,
        };

    public static Problem OtherContent(string id, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:batch-exists",
            Title = "Batch exists",
            Status = HttpStatusCode.Conflict,
            Detail =
                $"A batch '{id}' exists with other symbols or another owner. Send the same symbols in the same order, or another batchId.",
            TraceId = traceId,
        };

    public static Problem Full(BatchLimit limit, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:batches-full",
            Title = "Too many stored items",
            Status = HttpStatusCode.Conflict,
            Detail =
                $"The stored batches {(limit.Owner is null ? "" : $"of consumer '{limit.Owner}' ")}may have {limit.Items} items, and there is no room for this one. "
                + "Finished batches are deleted when their retention ends (Quorum:Retention:Batches).",
            TraceId = traceId,
        };

    public static Problem Finished(string id, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:batch-finished",
            Title = "Batch finished",
            Status = HttpStatusCode.Conflict,
            Detail = $"Every item of batch '{id}' has its result: there is nothing left to cancel.",
            TraceId = traceId,
        };
}
