using System.Text.Json.Nodes;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Traces;

internal static class TraceOperations
{
    private static readonly ApiTag Tag = new("traces", "The spans of requests.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetTrace), "getTrace", Tag, "Get the spans of a request.")
        {
            Description =
                "The waterfall of a request for a quote that asked the providers, by the traceId of its answer: each provider's calls, PostgreSQL, the merge, the publication. "
                + "The spans are stored within a second or so after the answer. Requests that were answered by a stored quote have none.",
            Parameters =
            [
                ApiParameter.Path(
                    "traceId",
                    "The W3C trace id: 32 hexadecimal digits.",
                    new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F]{32}$" },
                    "cf65855e6c0336d28ab8d76f43840d8f"
                ),
            ],
            Answers = [ApiAnswer.Tagged("The spans, and where the quote is.", typeof(TraceDocument)), ApiAnswer.NotModified],
            Problems =
            [
                (400, "The request has a parameter; there are none."),
                (404, "No spans are kept of the trace."),
                (503, "PostgreSQL does not answer."),
            ],
        },
    ];
}
