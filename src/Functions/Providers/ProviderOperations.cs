using System.Text.Json.Nodes;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Providers;

internal static class ProviderOperations
{
    private static readonly ApiTag Tag = new("providers", "The six market-data providers.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetProviders), "getProviders", Tag, "List the providers.")
        {
            Description =
                "Breaker, quota, latency and outcomes of each provider, as this process sees them; quotas are counted over all processes.",
            Answers = [new ApiAnswer(200, "All providers.", typeof(ProviderList))],
            Problems = [(400, "The request has a parameter; there are none.")],
        },
        new(nameof(GetProviderTimeline), "getProviderTimeline", Tag, "Get the last minutes of a provider.")
        {
            Description =
                "Calls, outcomes and latencies in buckets, and changes of the circuit breaker, as this process saw them since it started.",
            Parameters =
            [
                ApiParameter.Path("id", "The provider.", new JsonObject { ["type"] = "string" }, "finnhub"),
                ApiParameter.Query(
                    "minutes",
                    "How far back.",
                    ApiParameter.Whole(1, GetProviderTimeline.MaxMinutes, GetProviderTimeline.DefaultMinutes)
                ),
            ],
            Answers = [new ApiAnswer(200, "Its last minutes.", typeof(TimelineDocument))],
            Problems = [(400, "A parameter breaks its rule."), (404, "There is no such provider.")],
        },
    ];
}
