using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

internal static class BatchOperations
{
    private static readonly ApiTag Tag = new("batches", "Many symbols asked for together, within the providers' quotas.");

    private static readonly ApiParameter Id = ApiParameter.Path("id", "The batch's id.", new JsonObject { ["type"] = "string" }, "morning-2026-11-20");

    private static readonly (int, string) Unknown = (404, "There is no such batch."), NoStorage = (503, "PostgreSQL does not answer.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(PostBatch), "postBatch", Tag, "Asks for many symbols. The same batch sent again is the same batch.")
        {
            Body = new ApiBody(
                "The symbols, and an id where the sender chooses one.",
                IsRequired: true,
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["batchId"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = $"The id; one is made when it is left out. It {BatchId.Rule}." },
                        ["symbols"] = new JsonObject
                        {
                            ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["minItems"] = 1, ["maxItems"] = BatchContent.MostSymbols,
                        },
                    },
                    ["required"] = new JsonArray("symbols"),
                    ["additionalProperties"] = false,
                },
                new JsonObject { ["batchId"] = "morning-2026-11-20", ["symbols"] = new JsonArray("AAPL", "VOD:XLON") }),
            Answers = [new ApiAnswer(202, "It is stored, and its quotes will be fetched; or a batch of this id with the same symbols exists already, and note says from when its quotes are.", typeof(BatchResource), ("Location", "Where its progress is."))],
            Problems =
            [
                (400, "The body breaks a rule."), (409, "There is a batch of this id with other symbols."), (413, "The body is too long."),
                (415, "The body is no JSON by its Content-Type."), NoStorage,
            ],
        },
        new(nameof(ListBatches), "listBatches", Tag, "The batches, newest first.")
        {
            Parameters = [ApiParameter.Limit(ListBatches.DefaultPage, BatchStore.LongestPage), ApiParameter.Cursor],
            Answers = [ApiAnswer.Tagged("A page of the list.", typeof(Page<BatchResource>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), NoStorage],
        },
        new(nameof(GetBatch), "getBatch", Tag, "The progress of a batch.")
        {
            Parameters = [Id],
            Answers = [ApiAnswer.Tagged("Its progress.", typeof(BatchResource)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), Unknown, NoStorage],
        },
        new(nameof(GetBatchItems), "getBatchItems", Tag, "The items of a batch with their quotes, in the order of the batch.")
        {
            Parameters =
            [
                Id,
                ApiParameter.Query("status", "Only items of this status.", new JsonObject
                {
                    ["type"] = "string", ["enum"] = new JsonArray([.. BatchItemResource.Statuses.Keys.Select(name => (JsonNode)name)]),
                }),
                ApiParameter.Limit(GetBatchItems.DefaultPage, BatchStore.LongestPage),
                ApiParameter.Cursor,
            ],
            Answers = [new ApiAnswer(200, "A page of items.", typeof(Page<BatchItemResource>))],
            Problems = [(400, "A parameter breaks its rule."), Unknown, NoStorage],
        },
        new(nameof(DeleteBatch), "cancelBatch", Tag, "Cancels a batch: its open items become cancelled, what is done stays.")
        {
            Parameters = [Id],
            Answers = [ApiAnswer.Tagged("It is cancelled.", typeof(BatchResource))],
            Problems = [(400, "A parameter breaks its rule."), Unknown, (409, "Nothing is left to cancel."), NoStorage],
        },
    ];
}
