using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;
using Quorum.Functions.Quotes;

namespace Quorum.Functions.History;

internal static class HistoryOperations
{
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetQuoteHistory), "getQuoteHistory", QuoteOperations.Tag, "List past quotes of an instrument.")
        {
            Description = "The consolidated quotes that were published, newest first.",
            Parameters =
            [
                ApiParameter.Symbol,
                ApiParameter.Query(
                    "from",
                    "The earliest publication, inclusive: a time with its offset, or a date (UTC).",
                    new JsonObject { ["type"] = "string" },
                    "2026-11-20T15:00:00Z"
                ),
                ApiParameter.Query(
                    "to",
                    "The latest publication, exclusive, in the same form.",
                    new JsonObject { ["type"] = "string" },
                    "2026-11-21"
                ),
                ApiParameter.Limit(HistoryRequest.DefaultLimit, HistoryRequest.MaxLimit),
                ApiParameter.Cursor,
            ],
            Answers = [ApiAnswer.Tagged("A page of history.", typeof(Page<HistoricalQuoteDocument>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), (503, "PostgreSQL does not answer.")],
        },
        new(nameof(GetQuoteRecord), "getPastQuote", QuoteOperations.Tag, "Get a past quote with everything it was made from.")
        {
            Description =
                "The quote as it was published, what each provider contributed, and the result of merging that again: reproduced is true if it is the same, byte by byte.",
            Parameters =
            [
                ApiParameter.Symbol,
                ApiParameter.Path(
                    "id",
                    "The id of the quote in the history.",
                    new JsonObject { ["type"] = "string" },
                    "019ab3c4d5e67f8091a2b3c4d5e6f708"
                ),
            ],
            Answers = [ApiAnswer.Tagged("The quote and its inputs.", typeof(QuoteRecord)), ApiAnswer.NotModified],
            Problems =
            [
                (400, "A parameter breaks its rule."),
                (404, "No quote of the symbol has the id, or its retention has ended."),
                (503, "PostgreSQL does not answer."),
            ],
        },
    ];
}
