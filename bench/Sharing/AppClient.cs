using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Quorum.Sharing;

/// <summary>One answer to a read.</summary>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="WasThere">True if no provider was called for it.</param>
/// <param name="Completeness">The completeness in the answer; empty without one.</param>
internal sealed record Read(int Status, TimeSpan Took, bool WasThere, string Completeness);

/// <summary>A client of one process of the app.</summary>
internal sealed class AppClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(address, "api/"),
        Timeout = TimeSpan.FromSeconds(20),
    };

    /// <param name="query">The query with its question mark, or an empty string.</param>
    public async Task<Read> ReadAsync(string symbol, string query)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.GetAsync(new Uri($"quotes/{symbol}{query}", UriKind.Relative));
            await response.Content.ReadAsByteArrayAsync();
            return new Read(
                (int)response.StatusCode,
                Stopwatch.GetElapsedTime(start),
                HeaderOf(response, "Server-Timing").Contains("stored", StringComparison.Ordinal),
                HeaderOf(response, "X-Quorum-Completeness")
            );
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return new Read(0, Stopwatch.GetElapsedTime(start), WasThere: false, "");
        }
    }

    public async Task WatchAsync(string symbol, int maxAge)
    {
        using var response = await _http.PutAsJsonAsync(new Uri($"watchlist/{symbol}", UriKind.Relative), new { maxAge });
        response.EnsureSuccessStatusCode();
    }

    public async Task PostBatchAsync(string batchId, IReadOnlyList<string> symbols)
    {
        using var response = await _http.PostAsJsonAsync(new Uri("batches", UriKind.Relative), new { batchId, symbols });
        response.EnsureSuccessStatusCode();
    }

    public Task<JsonObject> BatchAsync(string batchId) => ReadJsonAsync($"batches/{batchId}");

    /// <summary>Returns each provider's entry of <c>GET providers</c>.</summary>
    public async Task<IReadOnlyDictionary<string, JsonObject>> ProvidersAsync() =>
        (await ReadJsonAsync("providers"))["items"]!
            .AsArray()
            .ToDictionary(item => item!["id"]!.ToString(), item => item!.AsObject(), StringComparer.Ordinal);

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> ReadJsonAsync(string path) =>
        await _http.GetFromJsonAsync<JsonObject>(new Uri(path, UriKind.Relative))
        ?? throw new InvalidOperationException($"{path} answered null.");

    private static string HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
