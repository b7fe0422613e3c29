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
    private readonly RunningServer _server;
    private readonly TimeProvider _time;
    private bool _hasAccepted;

    /// <param name="server">The instance.</param>
    /// <param name="report">Receives a line when the instance stops answering, and when it answers again.</param>
    /// <param name="time">Measures the waits.</param>
    public BatchClient(RunningServer server, Action<string> report, TimeProvider time)
    {
        _report = report;
        _server = server;
        _time = time;
        _http = new HttpClient(RunningServer.Connections())
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
        return _server.Read(() =>
            new BatchState(
                Number("total"),
                Number("done"),
                Number("failed"),
                Number("cancelled"),
                batch.GetProperty("finished").ValueKind != JsonValueKind.Null
            )
        );

        int Number(string name) => batch.GetProperty(name).GetInt32();
    }

    /// <summary>Returns the items in the order of the batch.</summary>
    public async IAsyncEnumerable<JsonElement> ItemsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var path = $"batches/{id}/items?limit={PageSize}"; path is not null; )
        {
            using var page = await GetAsync(path, cancellationToken);
            var root = page.RootElement;
            var items = _server.Read(() => root.GetProperty("items").EnumerateArray().Select(item => item.Clone()).ToList());
            foreach (var item in items)
            {
                yield return item;
            }

            path = _server.Read(() => root.GetProperty("next").GetString()) is { } next
                ? $"batches/{id}/items?limit={PageSize}&cursor={Uri.EscapeDataString(next)}"
                : null;
        }
    }

    /// <summary>Returns the canonical symbol for a text; <see langword="null"/> when the reference data lack it.</summary>
    public async Task<string?> FindSymbolAsync(string text, CancellationToken cancellationToken)
    {
        var (status, body) = await AnswerAsync(
            () => new HttpRequestMessage(HttpMethod.Get, $"instruments/{Uri.EscapeDataString(text)}"),
            cancellationToken
        );
        if (!IsSuccess(status))
        {
            return null;
        }

        using var document = Parse(body);
        return _server.Read(() => document.RootElement.GetProperty("symbol").GetString());
    }

    public void Dispose() => _http.Dispose();

    private Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private async Task<JsonDocument> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var (status, body) = await AnswerAsync(request, cancellationToken);
        return IsSuccess(status) ? Parse(body) : throw new LocalServiceException(QuoteCommand.Explain(status, body));
    }

    /// <summary>Returns the first answer other than 429 and 503; sends the request again until one comes.</summary>
    /// <exception cref="LocalServiceException">No such answer came in time, or none can: the 429 or 503 asks for a longer wait.</exception>
    private async Task<(HttpStatusCode Status, byte[] Body)> AnswerAsync(
        Func<HttpRequestMessage> request,
        CancellationToken cancellationToken
    )
    {
        var since = _time.GetTimestamp();
        var isReported = false;
        while (true)
        {
            var wait = RetryDelay;
            try
            {
                using var message = request();
                using var response = await _http.SendAsync(message, cancellationToken);
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
                {
                    _server.RejectRedirect(response);
                    if (isReported && response.IsSuccessStatusCode)
                    {
                        _report($"{_server.Address} answers again; the batch goes on.");
                    }

                    return (response.StatusCode, body);
                }

                wait = response.Headers.RetryAfter?.Delta is { } asked && asked > wait ? asked : wait;
                var reason = QuoteCommand.Explain(response.StatusCode, body);
                if (IsLate(since, wait))
                {
                    throw new LocalServiceException(reason);
                }

                ReportOnce($"accepts no request now ({reason.TrimEnd('.')})", advice: "");
            }
            catch (Exception exception) when (IsNoAnswer(exception, cancellationToken))
            {
                if (IsLate(since, wait))
                {
                    throw new LocalServiceException(
                        $"{_server.Address} gave no answer for {OutageLimit.TotalMinutes:0} minutes: {exception.Message}",
                        exception
                    );
                }

                ReportOnce($"does not answer ({exception.Message})", " Is the address right?");
            }

            await Task.Delay(wait, _time, cancellationToken);
        }

        void ReportOnce(string fault, string advice)
        {
            if (!isReported)
            {
                isReported = true;
                _report(
                    $"{_server.Address} {fault}; waiting up to {OutageLimit.TotalMinutes:0} minutes for it. "
                        + (_hasAccepted ? "The batch is durable." : $"It has not accepted the batch yet.{advice}")
                );
            }
        }
    }

    private JsonDocument Parse(byte[] body) => _server.Read(() => JsonDocument.Parse(body));

    private bool IsLate(long since, TimeSpan wait) => _time.GetElapsedTime(since) + wait > OutageLimit;

    private static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;

    private static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
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
