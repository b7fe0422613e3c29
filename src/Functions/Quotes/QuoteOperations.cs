using System.Text.Json.Nodes;
using Quorum.Functions.OpenApi;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

internal static class QuoteOperations
{
    public static readonly ApiTag Tag = new("quotes", "Consolidated quotes.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetQuote), "getQuote", Tag, "Get the consolidated quote of an instrument.")
        {
            Description =
                "Asks all providers at once and reconciles their answers field by field, unless a stored quote is young enough. "
                + "With agree, the answer comes as soon as so many real-time quotes agree; the other providers are then pending, and the quote of all follows for the next caller. "
                + "When the budget ends first, the best stored answer is given, marked stale; the fetches go on for the next caller.",
            Parameters =
            [
                ApiParameter.Symbol,
                .. Rules(),
                ApiParameter.Query(
                    "instance",
                    "The orchestration of an answer with status 202, for its quote; no other parameter goes with it but currency, and the budget for its rate.",
                    new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9a-f]{32}$" }
                ),
            ],
            Answers =
            [
                new ApiAnswer(
                    200,
                    "The quote.",
                    typeof(QuoteAnswerDocument),
                    ("ETag", "Of the publication; give it as If-None-Match and get a 304 while it is the same."),
                    ("Age", "Seconds since the quote was published."),
                    ("Server-Timing", "Duration and outcome of each provider."),
                    ("X-Quorum-Completeness", "complete, agreed, partial or stale.")
                ),
                new ApiAnswer(
                    202,
                    "The budget ended, and nothing is stored: the orchestration goes on.",
                    typeof(PendingQuote),
                    ("Location", "The address of its quote: GET answers 200 when the quote is there, else 202 again."),
                    ("Retry-After", "Seconds to wait before that.")
                ),
                ApiAnswer.NotModified,
            ],
            Problems =
            [
                (400, "A parameter breaks its rule."),
                (403, "The consumer may not ask one of the providers."),
                (404, "No provider knows the symbol, or none lists it; or there is no such instance."),
                (429, "Too many requests are under way to answer in time, or the consumer's own limit is used up."),
                (503, "No provider and no stored quote gives a price, or the quote's confidence is below minConfidence."),
            ],
        },
        new(nameof(GetQuotes), "getQuotes", Tag, "Get the consolidated quotes of several instruments.")
        {
            Description =
                $"Up to {QuoteRequest.MaxSymbols} symbols inside one budget, each as if it were asked for alone: an item is a quote, or the problem that stands in its place. "
                + "Providers that take many symbols get them in one request.",
            Parameters =
            [
                ApiParameter.Query(
                    "symbols",
                    $"1 to {QuoteRequest.MaxSymbols} symbols, separated by commas.",
                    new JsonObject { ["type"] = "string" },
                    "AAPL,MSFT,VOD:XLON"
                ) with
                {
                    IsRequired = true,
                },
                .. Rules(),
            ],
            Answers = [new ApiAnswer(200, "The quotes and problems.", typeof(QuoteListDocument))],
            Problems =
            [
                (400, "The list, or a parameter that holds for all, breaks its rule."),
                (403, "The consumer may not ask one of the providers."),
            ],
        },
    ];

    /// <summary>Returns the parameters of requests for one quote or many. A node has one parent, so each operation gets its own.</summary>
    private static ApiParameter[] Rules() =>
        [
            ApiParameter.Query(
                "budget",
                "The time in which the answer comes, in milliseconds.",
                ApiParameter.Whole(QuoteRequest.MinBudgetMs, QuoteRequest.MaxBudgetMs, QuoteRequest.DefaultBudgetMs)
            ),
            ApiParameter.Query(
                "maxAge",
                "A quote at most so many seconds old is served without asking; 0 asks the providers now.",
                ApiParameter.Whole(0, QuoteRequest.MaxMaxAgeSeconds, QuoteRequest.DefaultMaxAgeSeconds)
            ),
            ApiParameter.Query(
                "providers",
                $"The providers to ask, separated by commas: {string.Join(", ", ProviderId.All)}. All by default.",
                new JsonObject { ["type"] = "string" },
                "finnhub,eodhd"
            ),
            ApiParameter.Query(
                "agree",
                "Answers as soon as so many providers agree, without waiting for the others; all waits for all, the default unless a setting says otherwise.",
                new JsonObject
                {
                    ["type"] = "string",
                    ["enum"] = new JsonArray([
                        .. Enumerable.Range(Agreement.MinProviders, Agreement.MaxProviders - 1).Select(number => (JsonNode)$"{number}"),
                        QuoteRequest.AgreeAll,
                    ]),
                },
                "3"
            ),
            ApiParameter.Query(
                "currency",
                "Prices are converted into this currency (ISO 4217), or a minor unit such as GBX, by the consolidated price of the currency pair, found within the same budget; conversion has the rate. Without a rate in time the quote is in its own currency, with the warning currency-unavailable.",
                new JsonObject { ["type"] = "string", ["pattern"] = "^[A-Za-z]{3}$" },
                "EUR"
            ),
            ApiParameter.Query(
                "minConfidence",
                "A quote of a lower confidence is answered with a 503 problem that carries it. Until enough providers agree with it, all are waited for.",
                new JsonObject
                {
                    ["type"] = "number",
                    ["minimum"] = 0,
                    ["maximum"] = 1,
                    ["default"] = 0,
                },
                0.8
            ),
        ];
}
