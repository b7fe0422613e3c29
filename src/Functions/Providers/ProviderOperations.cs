using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Providers;

internal static class ProviderOperations
{
    private static readonly ApiTag Tag = new("providers", "The six market-data providers.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetProviders), "getProviders", Tag, "List the providers.")
        {
            Description = "Breaker, quota, latency and outcomes of each provider, as this process sees them; quotas are counted over all processes.",
            Answers = [new ApiAnswer(200, "All providers.", typeof(ProviderList))],
            Problems = [(400, "The request has a parameter; there are none.")],
        },
    ];
}
