using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Health;

internal static class HealthOperations
{
    public static readonly ApiTag Tag = new("service", "The service itself.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetLiveness), "getLiveness", Tag, "Check that the process runs.")
        {
            Description = "Answers without looking at anything else.",
            Answers = [new ApiAnswer(200, "The process runs.", typeof(HealthDocument))],
        },
        new(nameof(GetReadiness), "getReadiness", Tag, "Check that requests are served.")
        {
            Description = "Looks at the reference data, the warm-up and PostgreSQL.",
            Answers = [new ApiAnswer(200, "Requests are served.", typeof(HealthDocument))],
            Problems = [(503, "The app is starting, or PostgreSQL does not answer.")],
        },
    ];
}
