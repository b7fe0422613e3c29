using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Quorum.Sharing;

/// <summary>One answer to a reader.</summary>
/// <param name="Status">0 when there was none.</param>
/// <param name="WasThere">No provider was asked for it.</param>
/// <param name="Completeness">As the answer says; empty without one.</param>
internal sealed record Read(int Status, TimeSpan Took, bool WasThere, string Completeness);

/// <summary>One process of the app, as its callers see it.</summary>
internal sealed class AppClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(address, "api/"),
        Timeout = TimeSpan.FromSeconds(20),
    };

    /// <param name="query">With its question mark, or nothing.</param>
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

    /// <summary>Each provider as <c>GET providers</c> tells.</summary>
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
