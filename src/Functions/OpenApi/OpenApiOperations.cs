using System.Text.Json.Nodes;
using Quorum.Functions.Health;

namespace Quorum.Functions.OpenApi;

internal static class OpenApiOperations
{
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetOpenApi), "getOpenApi", HealthOperations.Tag, "Get this document.")
        {
            Description = "Made from the functions and types of the running version.",
            Answers = [ApiAnswer.Tagged("OpenAPI 3.1.", typeof(JsonObject)), ApiAnswer.NotModified],
        },
    ];
}
