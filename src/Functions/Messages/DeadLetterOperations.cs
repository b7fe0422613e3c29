using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

internal static class DeadLetterOperations
{
    private static readonly ApiTag Tag = new("dead letters", "Messages that could not be processed.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(ListDeadLetters), "listDeadLetters", Tag, "List the dead letters.")
        {
            Description =
                "Messages of the queues quote-batches and quote-prefetch that could not be processed, with the reason; newest first, until their retention ends.",
            Parameters = [ApiParameter.Limit(ListDeadLetters.DefaultPage, DeadLetters.MaxPageSize), ApiParameter.Cursor],
            Answers = [ApiAnswer.Tagged("A page of the list.", typeof(Page<DeadLetterDocument>)), ApiAnswer.NotModified],
            Problems =
            [
                (400, "A parameter breaks its rule."),
                (403, "The key is a consumer's; the master key is needed."),
                (503, "PostgreSQL does not answer."),
            ],
        },
        new(nameof(RequeueDeadLetter), "requeueDeadLetter", Tag, "Put a dead letter back on its queue.")
        {
            Description = "Sends the message unchanged to its queue again; repair the cause first. Needs the master key.",
            Parameters =
            [
                ApiParameter.Path(
                    "id",
                    "The id of the dead letter.",
                    new JsonObject { ["type"] = "string" },
                    "quote-batches.7b0cd3ac-5d59-4a4e-8d09-5e0b1b5b6f0c"
                ),
                ApiParameter.Query(
                    "again",
                    "Also if it was put back before.",
                    new JsonObject { ["type"] = "boolean", ["default"] = false }
                ),
            ],
            Answers = [new ApiAnswer(202, "It is on its queue.", typeof(RequeueDocument))],
            Problems =
            [
                (400, "A parameter breaks its rule."),
                (404, "There is no dead letter of this id, or it was deleted when its retention ended."),
                (409, "It was put back before, or its message is not kept since something in it may be a key."),
                (503, "PostgreSQL or Azure Storage does not answer."),
            ],
        },
    ];
}
