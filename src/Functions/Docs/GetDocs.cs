using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Pages;

namespace Quorum.Functions.Docs;

/// <summary><c>GET docs</c>: the reference of the API with a form to try each call. Swagger UI, as its package embeds it, over <c>GET
/// openapi.json</c>.</summary>
public static class GetDocs
{
    internal static WebPage Page { get; } = WebPage.Load("docs", SwaggerUi.Files());

    [Function(nameof(GetDocs))]
    public static Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs")] HttpRequestData request,
        CancellationToken cancellationToken
    ) => request.RespondAsync(Page, cancellationToken);

    /// <summary><c>GET docs/{version}/{asset}</c>: a script or style sheet of the page.</summary>
    [Function(nameof(GetDocsAsset))]
    public static Task<HttpResponseData> GetDocsAsset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs/{version}/{*asset}")] HttpRequestData request,
        string version,
        string asset,
        CancellationToken cancellationToken
    ) => request.RespondAsync(Page, version, asset, cancellationToken);
}
