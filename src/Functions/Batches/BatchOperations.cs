using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

internal static class BatchOperations
{
    private static readonly ApiTag Tag = new("batches", "Quotes of many symbols, fetched in the background.");

    private static readonly ApiParameter Id = ApiParameter.Path(
        "id",
        "The batch's id.",
        new JsonObject { ["type"] = "string" },
        "morning-2026-11-20"
    );

    private static readonly (int, string) Unknown = (404, "There is no such batch."),
        NoStorage = (503, "PostgreSQL does not answer.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(PostBatch), "postBatch", Tag, "Start a batch.")
        {
            Description =
                "Fetches quotes of many symbols in the background, within the quotas of the providers. The same batch sent again is the same batch.",
            Body = new ApiBody(
                "The symbols, and an id where the sender chooses one.",
                IsRequired: true,
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["batchId"] = new JsonObject
                        {
                            ["type"] = new JsonArray("string", "null"),
                            ["description"] = $"The id; one is made when it is left out. It {BatchId.Rule}.",
                        },
                        ["symbols"] = new JsonObject
                        {
                            ["type"] = "array",
                            ["items"] = new JsonObject { ["type"] = "string" },
                            ["minItems"] = 1,
                            ["maxItems"] = BatchContent.MaxSymbols,
                        },
                    },
                    ["required"] = new JsonArray("symbols"),
                    ["additionalProperties"] = false,
                },
                new JsonObject { ["batchId"] = "morning-2026-11-20", ["symbols"] = new JsonArray("AAPL", "VOD:XLON") }
            ),
            Answers =
            [
                new ApiAnswer(
                    202,
                    "It is stored, and its quotes will be fetched; or a batch of this id with the same symbols exists already, and note says from when its quotes are.",
                    typeof(BatchResource),
                    ("Location", "The address of its progress.")
                ),
            ],
            Problems =
            [
                (400, "The body breaks a rule."),
                (403, "The consumer may not ask every provider, as a batch does."),
                (409, "There is a batch of this id with other symbols, or the stored batches have too many items."),
                (413, "The body is too long; detail has the limit."),
                (415, "The Content-Type is not JSON."),
                (429, "The consumer's provider calls of the day do not suffice for the batch."),
                NoStorage,
            ],
        },
        new(nameof(ListBatches), "listBatches", Tag, "List the batches.")
        {
            Description = "Newest first, by page, until their retention ends.",
            Parameters = [ApiParameter.Limit(ListBatches.DefaultPage, BatchStore.MaxPageSize), ApiParameter.Cursor],
            Answers = [ApiAnswer.Tagged("A page of the list.", typeof(Page<BatchResource>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), NoStorage],
        },
        new(nameof(GetBatch), "getBatch", Tag, "Get the progress of a batch.")
        {
            Description = "The counts of its items. The entity tag changes whenever they do.",
            Parameters = [Id],
            Answers = [ApiAnswer.Tagged("Its progress.", typeof(BatchResource)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), Unknown, NoStorage],
        },
        new(nameof(GetBatchItems), "getBatchItems", Tag, "List the items of a batch.")
        {
            Description = "In the order of the batch, each with its quote or the reason why it has none.",
            Parameters =
            [
                Id,
                ApiParameter.Query(
                    "status",
                    "Only items of this status.",
                    new JsonObject
                    {
                        ["type"] = "string",
                        ["enum"] = new JsonArray([.. BatchItemResource.Statuses.Keys.Select(name => (JsonNode)name)]),
                    }
                ),
                ApiParameter.Limit(GetBatchItems.DefaultPage, BatchStore.MaxPageSize),
                ApiParameter.Cursor,
            ],
            Answers = [new ApiAnswer(200, "A page of items.", typeof(Page<BatchItemResource>))],
            Problems = [(400, "A parameter breaks its rule."), Unknown, NoStorage],
        },
        new(nameof(DeleteBatch), "cancelBatch", Tag, "Cancel a batch.")
        {
            Description = "Its open items become cancelled; items that have their result keep it.",
            Parameters = [Id],
            Answers = [ApiAnswer.Tagged("It is cancelled.", typeof(BatchResource))],
            Problems = [(400, "A parameter breaks its rule."), Unknown, (409, "Nothing is left to cancel."), NoStorage],
        },
    ];
}
