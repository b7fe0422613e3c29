using System.Net;
using Quorum.Harness;

namespace Quorum.CaseStudy.Variants;

/// <summary>The variant that uses the real app: one durable orchestration per HTTP request.</summary>
internal sealed class AppWork : IAsyncDisposable
{
    private const string Completeness = "X-Quorum-Completeness";

    /// <summary>The budget in milliseconds; long enough for every provider to answer, as in the other variants.</summary>
    private const int Budget = 10_000;

    private readonly AppProcess _app;
    private readonly HttpClient _http;

    private AppWork(AppProcess app)
    {
        _app = app;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = app.Address,
            Timeout = TimeSpan.FromMilliseconds(Budget) + TimeSpan.FromSeconds(5),
        };
    }

    public Variant Durable => new("the app: HTTP and a durable orchestration", AskAsync);

    public static async Task<AppWork> StartAsync(string database, string simulator, CancellationToken cancellationToken) =>
        new(await AppProcess.StartAsync(database, simulator, cancellationToken));

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _app.DisposeAsync();
    }

    private async Task<bool> AskAsync(string ticker, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(
                new Uri($"api/quotes/{ticker}?maxAge=0&budget={Budget}", UriKind.Relative),
                cancellationToken
            );
            return response.StatusCode == HttpStatusCode.OK
                && response.Headers.TryGetValues(Completeness, out var values)
                && values.Contains("complete");
        }
        catch (Exception exception) when (exception is HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            return false; // no answer counts as incomplete
        }
    }
}
