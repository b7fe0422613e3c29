using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Providers;

internal static class ProviderOperations
{
    private static readonly ApiTag Tag = new("providers", "The six market-data providers.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetProviders), "getProviders", Tag, "How each provider is doing: breaker, quota, latency, outcomes.")
        {
            Answers = [new ApiAnswer(200, "All providers.", typeof(ProviderList))],
            Problems = [(400, "There are no parameters, and there is one.")],
        },
    ];
}
