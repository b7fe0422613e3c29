using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Health;

internal static class HealthOperations
{
    public static readonly ApiTag Tag = new("service", "The service itself.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetLiveness), "getLiveness", Tag, "Whether the process runs.") { Answers = [new ApiAnswer(200, "It does.", typeof(HealthDocument))] },
        new(nameof(GetReadiness), "getReadiness", Tag, "Whether requests can be sent.")
        {
            Answers = [new ApiAnswer(200, "They can.", typeof(HealthDocument))],
            Problems = [(503, "Not yet, or PostgreSQL is away.")],
        },
    ];
}
