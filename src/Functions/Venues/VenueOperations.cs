using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Venues;

internal static class VenueOperations
{
    private static readonly ApiTag Tag = new("venues", "The venues at which instruments can be asked for.");

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetVenues), "listVenues", Tag, "Every venue with its hours, units, holidays and each provider's spelling.")
        {
            Answers = [ApiAnswer.Tagged("The venues.", typeof(VenueList)), ApiAnswer.NotModified],
            Problems = [(400, "There are no parameters.")],
        },
    ];
}
