using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Instruments;

internal static class InstrumentOperations
{
    private static readonly ApiTag Tag = new("instruments", "Reference data: instruments with their names and identifiers.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(ListInstruments), "listInstruments", Tag, "Search the instruments.")
        {
            Description = "The reference data, ordered by symbol. Symbols that they lack can be asked for all the same.",
            Parameters =
            [
                ApiParameter.Query(
                    "q",
                    "The beginning of the symbol, ISIN, name, a word of the name or a provider's spelling, with or without accents; or an instrument in any vendor's spelling.",
                    new JsonObject
                    {
                        ["type"] = "string",
                        ["minLength"] = 1,
                        ["maxLength"] = ListInstruments.MaxTextLength,
                    },
                    "vodafone"
                ),
                ApiParameter.Query("venue", "Only instruments of this venue, ISO 10383.", new JsonObject { ["type"] = "string" }, "XLON"),
                ApiParameter.Query(
                    "currency",
                    "Only instruments in this currency, ISO 4217.",
                    new JsonObject { ["type"] = "string" },
                    "GBP"
                ),
                ApiParameter.Limit(ListInstruments.DefaultLimit, ListInstruments.MaxLimit),
                ApiParameter.Cursor,
            ],
            Answers = [ApiAnswer.Tagged("A page of instruments.", typeof(Page<InstrumentDocument>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule.")],
        },
        new(nameof(GetInstrument), "getInstrument", Tag, "Get an instrument.")
        {
            Description =
                "Its names and identifiers, each provider that lists it, and its trading hours. A pair of currencies, such as EURUSD, has a base currency instead of a venue.",
            Parameters = [ApiParameter.Symbol],
            Answers = [ApiAnswer.Tagged("The instrument.", typeof(InstrumentDetails)), ApiAnswer.NotModified],
            Problems = [(400, "The symbol breaks a rule."), (404, "The reference data lack it, and it is no pair of currencies.")],
        },
    ];
}
