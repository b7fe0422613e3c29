using Quorum.Functions.Health;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Docs;

internal static class DocsOperations
{
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetDocs), "getDocs", HealthOperations.Tag, "Get the reference of the API.")
        {
            Description = "A page for people: this document, with a form to try each call.",
            Answers = [ApiAnswer.Page, ApiAnswer.NotModified],
        },
    ];
}
