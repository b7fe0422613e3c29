using System.Text.Json.Nodes;
using Quorum.Functions.Http;
using Quorum.Functions.OpenApi;
using Quorum.MarketData;

namespace Quorum.Functions.Instruments;

internal static class InstrumentOperations
{
    private static readonly ApiTag Tag = new("instruments", "Reference data: what can be asked for, and under which names.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(ListInstruments), "listInstruments", Tag, "The instruments, searched, ordered by symbol.")
        {
            Parameters =
            [
                ApiParameter.Query("q", "How the symbol, the ISIN, a provider's spelling, the name or a word of the name begins, with or without accents; or an instrument in any vendor's spelling.", new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = ListInstruments.LongestText }, "vodafone"),
                ApiParameter.Query("venue", "Only of this venue, ISO 10383.", new JsonObject { ["type"] = "string" }, "XLON"),
                ApiParameter.Query("currency", "Only in this currency, ISO 4217.", new JsonObject { ["type"] = "string" }, "GBP"),
                ApiParameter.Limit(ListInstruments.DefaultLimit, ListInstruments.HighestLimit),
                ApiParameter.Cursor,
            ],
            Answers = [ApiAnswer.Tagged("A page of instruments.", typeof(Page<Instrument>)), ApiAnswer.NotModified],
            Problems = [(400, "A parameter breaks its rule.")],
        },
        new(nameof(GetInstrument), "getInstrument", Tag, "One instrument, who lists it under which name, and when it trades.")
        {
            Parameters = [ApiParameter.Symbol],
            Answers = [ApiAnswer.Tagged("The instrument.", typeof(InstrumentDetails)), ApiAnswer.NotModified],
            Problems = [(400, "The symbol breaks a rule."), (404, "The reference data lack it.")],
        },
    ];
}
