using System.Net;
using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Sends the requests of one provider's adapter over one long-lived transport, and reads the answers.</summary>
internal sealed partial class ProviderExchange(
    ProviderId provider,
    IProviderAdapter adapter,
    ProviderSettings settings,
    HttpMessageHandler transport,
    QuotaGate quota,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private static readonly string UserAgent = $"Quorum/{typeof(ProviderExchange).Assembly.GetName().Version?.ToString(2)}";

    private readonly ProviderOptions _options = settings.Options;
    private readonly Uri _baseAddress = new(settings.BaseAddress);
    private readonly HttpMessageInvoker _http = new(transport, disposeHandler: true);

    /// <summary>Opens a connection, so that the first call needs no handshake: by one HEAD of the base address, without a key. Any answer
    /// will do, and a failure is left for the first call to report.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, _baseAddress)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            };
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            using var timeout = new CancellationTokenSource(_options.AttemptTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var response = await _http.SendAsync(request, either.Token);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested) { }
    }

    /// <summary>Makes the request of a call. Never throws for what the provider did.</summary>
    public async ValueTask<AttemptResult> SendAsync(FetchCall call, CancellationToken cancellationToken)
    {
        try
        {
            using var request = CreateRequest(call);
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);

            using var response = await _http.SendAsync(request, cancellationToken);
            using var body = await Body.ReadAsync(response.Content, _options.MaxResponseBytes, cancellationToken);
            if (body is null)
            {
                return AttemptResult.TooLarge;
            }

            var receivedAt = time.GetUtcNow();
            var result = Decide(new ProviderAnswer((int)response.StatusCode, body.Value.Bytes, response.Headers, receivedAt), call);
            if (
                _options.CircuitBreaker.Enabled
                && result.Status == FetchStatus.Ok
                && LimitHeaders.Pause(response.Headers, receivedAt) is { } pause
            )
            {
                quota.Close(pause, isForTheDay: false);
            }

            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return AttemptResult.TimedOut;
        }
        catch (OperationCanceledException)
        {
            return new AttemptResult(FetchStatus.Unreachable, "No connection in time."); // the handler's ConnectTimeout
        }
        catch (HttpRequestException exception)
            when (exception.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded)
        {
            return new AttemptResult(FetchStatus.MalformedResponse, "The answer is no HTTP.");
        }
        catch (HttpRequestException exception)
        {
            return new AttemptResult(FetchStatus.Unreachable, $"No connection, or it broke ({exception.HttpRequestError}).");
        }
        catch (HttpIOException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return AttemptResult.CutOff;
        }
        catch (IOException)
        {
            return new AttemptResult(FetchStatus.Unreachable, "The connection broke while the answer came.");
        }
        catch (InvalidDataException)
        {
            return new AttemptResult(FetchStatus.MalformedResponse, "The answer cannot be decompressed.");
        }
#pragma warning disable CA1031 // A provider's answer must not fail the caller; an exception here is our bug, and is logged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Neither message nor exception: either may hold a piece of the answer or of the request's address (N17).
            LogUnexpected(provider, exception.GetType().Name, exception.StackTrace);
            return new AttemptResult(FetchStatus.MalformedResponse, "The answer could not be read.");
        }
    }

    private HttpRequestMessage CreateRequest(FetchCall call) =>
        call.Batch is { } batch ? ((IBatchAdapter)adapter).CreateBatchRequest(batch) : adapter.CreateRequest(call.Listing);

    private AttemptResult Decide(in ProviderAnswer answer, FetchCall call)
    {
        var result = call.Batch is { } batch
            ? Judge.DecideBatch((IBatchAdapter)adapter, answer, batch)
            : Judge.Decide(adapter, answer, call.Listing);
        return _options.Simulated ? AsSimulated(result) : result;
    }

    private static AttemptResult AsSimulated(in AttemptResult result) =>
        result with
        {
            Quote = result.Quote is { } quote ? quote with { Simulated = true } : null,
            Items = result.Items?.Select(item => AsSimulated(item)).ToArray(),
        };

    public void Dispose() => _http.Dispose();

    [LoggerMessage(
        EventId = 1121,
        Level = LogLevel.Error,
        Message = "An answer of {Provider} could not be read: {ExceptionType} at {Stack}"
    )]
    private partial void LogUnexpected(ProviderId provider, string exceptionType, string? stack);
}
