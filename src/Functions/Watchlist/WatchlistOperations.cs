using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Watchlist;

internal static class WatchlistOperations
{
    private static readonly ApiTag Tag = new(
        "watchlist",
        "Symbols whose quotes are refreshed while their venue trades, as far as quotas allow."
    );

    private static readonly (int, string) NoStorage = (503, "PostgreSQL does not answer.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(ListWatchlist), "listWatchlist", Tag, "List the watched symbols.")
        {
            Description =
                "Ordered by symbol. Their quotes are refreshed while their venues trade. A consumer sees its own symbols; the master key sees those of all.",
            Parameters = [ApiParameter.Limit(ListWatchlist.DefaultLimit, ListWatchlist.MaxLimit), ApiParameter.Cursor],
            Answers = [ApiAnswer.Tagged("A page of the list.", typeof(Page<WatchedSymbol>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule."), NoStorage],
        },
        new(nameof(GetWatchedSymbol), "getWatchedSymbol", Tag, "Get a watched symbol.")
        {
            Description = "When it was refreshed last, when it will be next and, if it is not refreshed now, why.",
            Parameters = [ApiParameter.Symbol],
            Answers = [ApiAnswer.Tagged("It is watched.", typeof(WatchedSymbol)), ApiAnswer.NotModified],
            Problems = [(400, "The symbol breaks a rule."), (404, "It is not watched."), NoStorage],
        },
        new(nameof(PutWatchedSymbol), "putWatchedSymbol", Tag, "Watch a symbol.")
        {
            Description = "Adds the symbol to the watchlist, or changes its maxAge. Putting it again is harmless.",
            Parameters = [ApiParameter.Symbol],
            Body = new ApiBody(
                "The options; may be left out.",
                IsRequired: false,
                new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["maxAge"] = ApiParameter.Whole(
                            PutWatchedSymbol.LowestMaxAge,
                            PutWatchedSymbol.HighestMaxAge,
                            PutWatchedSymbol.DefaultMaxAge
                        ),
                    },
                    ["additionalProperties"] = false,
                },
                new JsonObject { ["maxAge"] = PutWatchedSymbol.DefaultMaxAge }
            ),
            Answers =
            [
                new ApiAnswer(200, "It was watched already.", typeof(WatchedSymbol)),
                new ApiAnswer(201, "It is watched now.", typeof(WatchedSymbol), ("Location", "Where it can be read.")),
            ],
            Problems =
            [
                (400, "The symbol or the body breaks a rule."),
                (403, "The consumer may not ask every provider, as a refresh does."),
                (409, "The list is full."),
                (413, "The body is too long; detail has the limit."),
                NoStorage,
            ],
        },
        new(nameof(DeleteWatchedSymbol), "deleteWatchedSymbol", Tag, "Stop watching a symbol.")
        {
            Description =
                "Deleting a symbol that is not watched is harmless. A consumer stops only its own watching; the master key stops that of all.",
            Parameters = [ApiParameter.Symbol],
            Answers = [new ApiAnswer(204, "It is not watched.")],
            Problems = [(400, "The symbol breaks a rule."), NoStorage],
        },
    ];
}
