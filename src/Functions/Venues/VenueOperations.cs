using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Venues;

internal static class VenueOperations
{
    private static readonly ApiTag Tag = new("venues", "The venues at which instruments can be asked for.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetVenues), "listVenues", Tag, "List the venues.")
        {
            Description =
                "Every venue at which instruments can be asked for, with hours, units, holidays and the spelling of each provider.",
            Answers = [ApiAnswer.Tagged("The venues.", typeof(VenueList)), ApiAnswer.NotModified],
            Problems = [(400, "The request has a parameter; there are none.")],
        },
    ];
}
