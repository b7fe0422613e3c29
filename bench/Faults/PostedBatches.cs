using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Quorum.Faults;

/// <summary>Posts batches one after another and records the outcome of each that was acknowledged.</summary>
internal sealed class PostedBatches(Uri app) : IDisposable
{
    private const int Symbols = 10;
    private const int Tickers = 2000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = app,
        Timeout = TimeSpan.FromSeconds(40),
    };
    private readonly Dictionary<string, string[]> _acknowledged = new(StringComparer.Ordinal);

    /// <summary>The number of answers to <c>POST</c> by status; 0 for no answer.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = [];

    public int Acknowledged => _acknowledged.Count;

    /// <summary>The number of refusals other than 503 with <c>Retry-After</c>.</summary>
    public int Unsaid { get; private set; }

    /// <summary>Posts until the token ends. A refused batch is sent again, as a client would.</summary>
    public async Task PostAsync(CancellationToken over)
    {
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            string[] symbols = [.. Enumerable.Range(0, Symbols).Select(place => $"T{(((number * Symbols) + place) % Tickers) + 1:0000}")];
            while (!over.IsCancellationRequested && !await IsAcknowledgedAsync($"chaos-{number}", symbols))
            {
                await Task.Delay(Interval, CancellationToken.None);
            }

            await Task.Delay(Interval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the acknowledged batches.</summary>
    /// <returns>The violations; empty when each batch has a quote for every symbol.</returns>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(timeout);
        var faults = new List<string>();
        foreach (var (id, symbols) in _acknowledged)
        {
            JsonNode? batch;
            while (
                (batch = await GetAsync($"api/batches/{id}", cancellationToken))?["state"]?.ToString() != "completed"
                && !expiry.IsCancellationRequested
            )
            {
                await Task.Delay(Interval, expiry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (batch?["state"]?.ToString() != "completed" || (int?)batch["done"] != symbols.Length)
            {
                faults.Add(
                    $"batch {id} is {batch?["state"]?.ToString() ?? "gone"} with {batch?["done"] ?? 0} of {symbols.Length} quotes and {batch?["failed"] ?? 0} failures"
                );
                continue;
            }

            var items = await GetAsync($"api/batches/{id}/items?limit={symbols.Length}", cancellationToken);
            var quoted = items
                ?["items"]?.AsArray()
                .Where(item => item?["quote"]?["price"] is not null)
                .Select(item => item!["quote"]!["symbol"]?.ToString());
            if (quoted?.SequenceEqual(symbols) != true)
            {
                faults.Add($"batch {id} has quotes of other symbols");
            }
        }

        return faults;
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> IsAcknowledgedAsync(string id, string[] symbols)
    {
        var status = 0;
        try
        {
            using var response = await _http.PostAsJsonAsync(new Uri("api/batches", UriKind.Relative), new { batchId = id, symbols });
            status = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                _acknowledged.Add(id, symbols);
            }
            else if (response is not { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null })
            {
                Unsaid++;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Unsaid++;
        }

        Statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
        return status == (int)HttpStatusCode.Accepted;
    }

    private async Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) : null;
    }
}
