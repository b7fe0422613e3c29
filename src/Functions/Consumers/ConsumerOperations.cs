using System.Text.Json.Nodes;
using Quorum.Functions.OpenApi;
using Quorum.MarketData;

namespace Quorum.Functions.Consumers;

internal static class ConsumerOperations
{
    private static readonly ApiTag Tag = new("consumers", "Callers with keys, limits and data of their own.");

    private static readonly (int, string) NoStorage = (503, "PostgreSQL does not answer.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetUsage), "getUsage", Tag, "Get today's usage.")
        {
            Description =
                "What the key in x-quorum-key used on this UTC day: calls, the provider calls that they caused, refusals. The master key, and any caller while there are no consumers, gets that of all.",
            Answers = [new ApiAnswer(200, "The usage.", typeof(UsageList))],
            Problems = [(400, "There is a parameter or a body.")],
        },
        new(nameof(CreateConsumer), "createConsumer", Tag, "Create a consumer and its key.")
        {
            Description =
                "Only this answer shows the key; only its hash is stored. From the first consumer on, every request for data needs a consumer's key in x-quorum-key, or the master key. Needs the master key.",
            Body = new ApiBody(
                "The name and the limits.",
                IsRequired: true,
                Schema(),
                new JsonObject { ["name"] = "risk-desk", ["perMinute"] = 600 }
            ),
            Answers = [new ApiAnswer(201, "The consumer with its key.", typeof(ConsumerDocument))],
            Problems =
            [
                (400, "The body breaks a rule."),
                (409, "A consumer of this name exists, or there are too many."),
                (413, "The body is too long; detail has the limit."),
                (415, "The Content-Type is not JSON."),
                NoStorage,
            ],
        },
        new(nameof(ListConsumers), "listConsumers", Tag, "List the consumers.")
        {
            Description = "Ordered by name, with their limits and without their keys. Needs the master key.",
            Answers = [ApiAnswer.Tagged("The consumers.", typeof(ConsumerList)), ApiAnswer.NotModified],
            Problems = [(400, "There is a parameter or a body."), NoStorage],
        },
        new(nameof(RevokeConsumer), "revokeConsumer", Tag, "Revoke a consumer's key.")
        {
            Description =
                "The key stops working, in other processes within seconds. The consumer's watchlist entries end. Batches and usage keep the name: a consumer created under it again owns them. Needs the master key.",
            Parameters = [ApiParameter.Path("name", "The consumer's name.", new JsonObject { ["type"] = "string" }, "risk-desk")],
            Answers = [new ApiAnswer(204, "The key is revoked.")],
            Problems = [(400, "There is a parameter or a body."), (404, "There is no consumer of this name."), NoStorage],
        },
    ];

    private static JsonObject Schema() =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["name"] = new JsonObject { ["type"] = "string", ["description"] = $"It {NewConsumer.NameRule}." },
                ["perSecond"] = Limit("a second"),
                ["perMinute"] = Limit("a minute"),
                ["perDay"] = Limit("a UTC day"),
                ["providers"] = new JsonObject
                {
                    ["type"] = new JsonArray("array", "null"),
                    ["description"] = "The providers that the consumer may ask; all when it is left out.",
                    ["items"] = new JsonObject
                    {
                        ["type"] = "string",
                        ["enum"] = new JsonArray([.. ProviderId.All.Select(provider => (JsonNode)provider.ToString())]),
                    },
                    ["minItems"] = 1,
                },
            },
            ["required"] = new JsonArray("name"),
            ["additionalProperties"] = false,
        };

    private static JsonObject Limit(string period) =>
        new()
        {
            ["type"] = new JsonArray("integer", "null"),
            ["minimum"] = 1,
            ["maximum"] = NewConsumer.MaxLimit,
            ["description"] = $"Provider calls allowed in {period}; no limit when it is left out.",
        };
}
