using Quorum.Functions.Health;
using Quorum.Functions.OpenApi;

namespace Quorum.Functions.Console;

internal static class ConsoleOperations
{
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(nameof(GetConsole), "getConsole", HealthOperations.Tag, "Get the console.")
        {
            Description =
                "A page for people: quotes with what each vendor said, the waterfall of a request, past answers, providers, batches, the watchlist. "
                + "The page asks for the key that its calls need.",
            Answers = [ApiAnswer.Page, ApiAnswer.NotModified],
        },
    ];
}
