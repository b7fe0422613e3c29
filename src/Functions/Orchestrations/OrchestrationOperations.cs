using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Orchestrations;

internal static class OrchestrationOperations
{
    private static readonly ApiTag Tag = new("orchestrations", "Orchestrations of the task hub that did not complete.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(ListFailedOrchestrations), "listFailedOrchestrations", Tag, "List the failed orchestrations.")
        {
            Description =
                $"Orchestrations that failed or were terminated, with the reason; the newest {ListFailedOrchestrations.Max}, newest first by creation time, until their retention ends. The management API rewinds and purges them.",
            Answers = [ApiAnswer.Tagged("The failed orchestrations.", typeof(FailedOrchestrationList)), ApiAnswer.NotModified],
            Problems =
            [
                (400, "There is a parameter or a body."),
                (403, "The key is a consumer's; the master key is needed."),
                (503, "The task hub does not answer."),
            ],
        },
    ];
}
