using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Pages;

namespace Quorum.Functions.Console;

/// <summary><c>GET console</c>: a page that shows what the API knows. Anonymous; the data that it asks for need the caller's key.</summary>
public static class GetConsole
{
    internal static WebPage Page { get; } = WebPage.Load("console");

    [Function(nameof(GetConsole))]
    public static Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console")] HttpRequestData request,
        CancellationToken cancellationToken
    ) => request.RespondAsync(Page, cancellationToken);

    /// <summary><c>GET console/{version}/{asset}</c>: a script or style sheet of the page.</summary>
    [Function(nameof(GetConsoleAsset))]
    public static Task<HttpResponseData> GetConsoleAsset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console/{version}/{*asset}")] HttpRequestData request,
        string version,
        string asset,
        CancellationToken cancellationToken
    ) => request.RespondAsync(Page, version, asset, cancellationToken);
}
