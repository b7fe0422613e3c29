using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Commands;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>
/// Sends batches to an instance, follows their progress and fetches their items. Waits for an instance that restarts: batches are durable.
/// </summary>
internal sealed class BatchClient : IDisposable
{
    /// <summary>The largest batch that the API accepts, in symbols.</summary>
    public const int MaxSymbols = 1000;

    private const int PageSize = 200;
    private static readonly TimeSpan OutageLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly Action<string> _report;
    private readonly Uri _server;
    private bool _hasAccepted;

    /// <param name="server">The instance.</param>
    /// <param name="report">Receives a line when the instance stops answering, and when it answers again.</param>
    public BatchClient(RunningServer server, Action<string> report)
    {
        _report = report;
        _server = server.Address;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(server.Address, "/api/"),
            Timeout = TimeSpan.FromMinutes(1),
        };
        server.AddKeys(_http.DefaultRequestHeaders);
    }

    /// <summary>Sends a batch under an id chosen here, so that sending it again after a lost answer creates no second batch.</summary>
    /// <returns>The id.</returns>
    public async Task<string> SendAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var id = $"file-{Guid.CreateVersion7():N}";
        using var body = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("batchId", id);
            writer.WriteStartArray("symbols");
            foreach (var symbol in symbols)
            {
                writer.WriteStringValue(symbol);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using var _ = await SendAsync(
            () =>
                new HttpRequestMessage(HttpMethod.Post, "batches")
                {
                    Content = new ByteArrayContent(body.ToArray())
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                    },
                },
            cancellationToken
        );
        _hasAccepted = true;
        return id;
    }

    public async Task<BatchState> GetStateAsync(string id, CancellationToken cancellationToken)
    {
        using var document = await GetAsync($"batches/{id}", cancellationToken);
        var batch = document.RootElement;
        return new BatchState(
            Number("total"),
            Number("done"),
            Number("failed"),
            Number("cancelled"),
            batch.GetProperty("finished").ValueKind != JsonValueKind.Null
        );

        int Number(string name) => batch.GetProperty(name).GetInt32();
    }

    /// <summary>Returns the items in the order of the batch.</summary>
    public async IAsyncEnumerable<JsonElement> ItemsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var path = $"batches/{id}/items?limit={PageSize}"; path is not null; )
        {
            using var page = await GetAsync(path, cancellationToken);
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
            {
                yield return item.Clone();
            }

            path = page.RootElement.GetProperty("next").GetString() is { } next
                ? $"batches/{id}/items?limit={PageSize}&cursor={Uri.EscapeDataString(next)}"
                : null;
        }
    }

    /// <summary>Returns the canonical symbol for a text; <see langword="null"/> when the reference data lack it.</summary>
    public async Task<string?> FindSymbolAsync(string text, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(
            new Uri($"instruments/{Uri.EscapeDataString(text)}", UriKind.Relative),
            cancellationToken
        );
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.GetProperty("symbol").GetString();
    }

    public void Dispose() => _http.Dispose();

    private Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private async Task<JsonDocument> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var message = request();
                using var response = await _http.SendAsync(message, cancellationToken);
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    if (attempt > 1)
                    {
                        _report($"{_server} answers again; the batch goes on.");
                    }

                    return JsonDocument.Parse(body);
                }

                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || IsLate(since))
                {
                    throw new LocalServiceException(QuoteCommand.Explain(response.StatusCode, body));
                }
            }
            catch (Exception exception) when (IsNoAnswer(exception, cancellationToken) && !IsLate(since))
            {
                if (attempt == 1)
                {
                    _report(
                        $"{_server} does not answer ({exception.Message}); waiting up to {OutageLimit.TotalMinutes:0} minutes for it. "
                            + (_hasAccepted ? "The batch is durable." : "It has not accepted the batch yet. Is the address right?")
                    );
                }
            }
            catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
            {
                throw new LocalServiceException(
                    $"{_server} gave no answer for {OutageLimit.TotalMinutes:0} minutes: {exception.Message}",
                    exception
                );
            }

            await Task.Delay(RetryDelay, cancellationToken);
        }
    }

    private static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool IsLate(long since) => TimeProvider.System.GetElapsedTime(since) > OutageLimit;
}

/// <summary>The progress of a batch.</summary>
internal readonly record struct BatchState(int Total, int Done, int Failed, int Cancelled, bool IsFinished)
{
    public static BatchState operator +(BatchState one, BatchState other) =>
        new(
            one.Total + other.Total,
            one.Done + other.Done,
            one.Failed + other.Failed,
            one.Cancelled + other.Cancelled,
            one.IsFinished && other.IsFinished
        );
}
