using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.Functions.Http;

/// <summary>Helpers of middleware for invocations of HTTP functions.</summary>
internal static class HttpInvocations
{
    private static readonly ConcurrentDictionary<string, bool> Known = new(StringComparer.Ordinal);

    /// <summary>True if the function has an HTTP trigger.</summary>
    public static bool IsHttp(this FunctionContext context) =>
        Known.GetOrAdd(
            context.FunctionDefinition.Name,
            static (_, definition) =>
                definition.InputBindings.Values.Any(binding =>
                    string.Equals(binding.Type, "httpTrigger", StringComparison.OrdinalIgnoreCase)
                ),
            context.FunctionDefinition
        );

    /// <summary>Sends a response instead of running the function.</summary>
    public static async Task RespondAsync(this FunctionContext context, Func<HttpRequestData, Task<HttpResponseData>> respond)
    {
        var request = await context.GetHttpRequestDataAsync() ?? throw new InvalidOperationException("An HTTP trigger has no request.");
        var response = await respond(request);

        // A function with several outputs names its response. The worker sends a response once: it may stand in one place only.
        if (
            context
                .GetOutputBindings<HttpResponseData>()
                .FirstOrDefault(output => output is { BindingType: "http", Name: not "$return" }) is
            { } named
        )
        {
            named.Value = response;
        }
        else
        {
            context.GetInvocationResult().Value = response;
        }
    }
}
