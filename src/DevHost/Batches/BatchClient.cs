using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Quorum.DevHost.Commands;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>Sends batches to the app, looks how far they are, and fetches their items.</summary>
internal sealed class BatchClient : IDisposable
{
    /// <summary>Symbols that the app takes at once.</summary>
    public const int MostSymbols = 1000;

    private const int PageSize = 200;

    private readonly HttpClient client;

    public BatchClient(string address) =>
        client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address + "/api/"), Timeout = TimeSpan.FromMinutes(1) };

    /// <returns>The batch's id.</returns>
    public async Task<string> SendAsync(IEnumerable<string> symbols, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("symbols");
            foreach (var symbol in symbols)
                writer.WriteStringValue(symbol);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var batch = await ReadAsync(await client.PostAsync(new Uri("batches", UriKind.Relative), content, cancellationToken), HttpStatusCode.Accepted, cancellationToken);
        return batch.RootElement.GetProperty("batchId").GetString()!; // every batch has one
    }

    public async Task<BatchState> LookAsync(string id, CancellationToken cancellationToken)
    {
        using var document = await GetAsync($"batches/{id}", cancellationToken);
        var batch = document.RootElement;
        return new BatchState(
            Number("total"), Number("done"), Number("failed"), Number("cancelled"), batch.GetProperty("finished").ValueKind != JsonValueKind.Null);

        int Number(string name) => batch.GetProperty(name).GetInt32();
    }

    /// <summary>The items in the order of the batch; each is good until the next is asked for.</summary>
    public async IAsyncEnumerable<JsonElement> ItemsAsync(string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var path = $"batches/{id}/items?limit={PageSize}"; path is not null;)
        {
            using var page = await GetAsync(path, cancellationToken);
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
                yield return item;
            path = page.RootElement.GetProperty("next").GetString() is { } next ? $"batches/{id}/items?limit={PageSize}&cursor={Uri.EscapeDataString(next)}" : null;
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) =>
        await ReadAsync(await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), HttpStatusCode.OK, cancellationToken);

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode == expected ? JsonDocument.Parse(body) : throw new LocalServiceException(QuoteCommand.Explain(response.StatusCode, body));
        }
    }
}

/// <summary>How far a batch is.</summary>
internal readonly record struct BatchState(int Total, int Done, int Failed, int Cancelled, bool IsFinished)
{
    public static BatchState operator +(BatchState one, BatchState other) => new(
        one.Total + other.Total, one.Done + other.Done, one.Failed + other.Failed, one.Cancelled + other.Cancelled, one.IsFinished && other.IsFinished);
}
