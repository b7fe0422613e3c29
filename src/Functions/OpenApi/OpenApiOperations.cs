using System.Text.Json.Nodes;
using Quorum.Functions.Health;

namespace Quorum.Functions.OpenApi;

internal static class OpenApiOperations
{
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetOpenApi), "getOpenApi", HealthOperations.Tag, "This document.")
        {
            Answers = [ApiAnswer.Tagged("OpenAPI 3.1.", typeof(JsonObject)), ApiAnswer.NotModified],
        },
    ];
}
