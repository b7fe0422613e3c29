using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Polly;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Calls one provider: over one long-lived handler, through one resilience pipeline, until a deadline.</summary>
internal sealed partial class ProviderClient : IAsyncDisposable
{
    private static readonly string UserAgent = $"Quorum/{typeof(ProviderClient).Assembly.GetName().Version?.ToString(2)}";

    /// <summary>Beyond this a timer cannot count; every call ends long before.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly ProviderId _provider;
    private readonly IProviderAdapter _adapter;
    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<AttemptResult> _pipeline;
    private readonly ProviderTelemetry? _telemetry;
    private readonly BackgroundCalls _background;
    private readonly QuotaGate _quota;
    private readonly RetryRules _retries;
    private readonly CircuitBreaker _breaker;
    private readonly ConcurrencyLimiter _slots;
    private readonly Uri _baseAddress;

    /// <param name="provider">The provider to call.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="settings">Valid settings.</param>
    /// <param name="ledger">Counts the quota.</param>
    /// <param name="lateQuotes">Stores answers that arrive after a deadline; <see langword="null"/> for none.</param>
    /// <param name="telemetry">Records every fetch and request; <see langword="null"/> for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs changes of the provider's state.</param>
    public ProviderClient(
        ProviderId provider,
        IProviderAdapter adapter,
        ProviderSettings settings,
        IQuotaLedger ledger,
        ILateQuotes? lateQuotes,
        ProviderTelemetry? telemetry,
        TimeProvider time,
        ILogger logger
    )
    {
        var options = settings.Options;
        (_provider, _adapter, _options, _time, _logger) = (provider, adapter, options, time, logger);
        _http = new HttpMessageInvoker(ProviderHandler.Create(options), disposeHandler: true);
        _telemetry = telemetry;
        _baseAddress = new Uri(settings.BaseAddress);
        _slots = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrentCalls, QueueLimit = int.MaxValue }
        );
        _retries = new RetryRules(options.Retry, time, () => telemetry?.NoteRetry(provider));
        Statistics = new CallStatistics(time);
        _breaker = new CircuitBreaker(provider, options.CircuitBreaker, time, logger, Statistics.Timeline.NoteBreaker);
        _background = new BackgroundCalls(provider, options, lateQuotes, time, logger);

        // An attempt that the deadline overtakes is bounded by the background limit alone, any other by its own.
        var longestCall = options.AttemptTimeout > options.BackgroundLimit ? options.AttemptTimeout : options.BackgroundLimit;
        _quota = new QuotaGate(provider, settings.Limits, longestCall, ledger, time, logger);
        _pipeline = ProviderPipeline.Build(provider, options, _retries, _breaker, _slots, _quota, time);
    }

    public QuotaGate Quota => _quota;

    public CircuitBreaker Breaker => _breaker;

    public CallStatistics Statistics { get; }

    public int RequestsUnderWay => _options.MaxConcurrentCalls - (int)(_slots.GetStatistics()?.CurrentAvailablePermits ?? 0);

    /// <summary>Never throws for what the provider did.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public async Task<FetchOutcome> FetchAsync(
        ProviderListing listing,
        DateTimeOffset deadline,
        CallPurpose purpose,
        CancellationToken cancellationToken,
        IFetchObserver? observer = null
    )
    {
        var call = new FetchCall(listing, deadline, purpose, _time.GetTimestamp()) { Observer = observer };
        return Outcome(call, await FetchAsync(call, cancellationToken));
    }

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
            using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var response = await _http.SendAsync(request, either.Token);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested) { }
    }

    /// <summary>The same for many instruments, by batches where the provider has them.</summary>
    public Task<FetchOutcome[]> FetchManyAsync(
        IReadOnlyList<ProviderListing> listings,
        DateTimeOffset deadline,
        CallPurpose purpose,
        CancellationToken cancellationToken
    ) => new ManyFetches(this, _adapter as IBatchAdapter, deadline, purpose).RunAsync(listings, cancellationToken);

    /// <summary>One request for all of the listings, of which there are at least two.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public async Task<BatchOutcome> FetchBatchAsync(
        IReadOnlyList<ProviderListing> batch,
        DateTimeOffset deadline,
        CallPurpose purpose,
        CancellationToken cancellationToken
    )
    {
        var permits = ((IBatchAdapter)_adapter).CountCalls(batch.Count);
        var call = new FetchCall(batch[0], deadline, purpose, _time.GetTimestamp()) { Batch = batch, Permits = permits };
        var result = await FetchAsync(call, cancellationToken);
        return new BatchOutcome([.. batch.Select((_, i) => Outcome(call, result.Items?[i] ?? result))], result.Culprit);
    }

    public async ValueTask DisposeAsync()
    {
        _background.Dispose();
        _http.Dispose();
        _slots.Dispose();
        await _quota.DisposeAsync();
    }

    private async Task<AttemptResult> FetchAsync(FetchCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = call.Deadline - _time.GetUtcNow();
        if (left < FetchCall.MinAttempt)
        {
            return AttemptResult.TooLate;
        }

        _retries.Earn();
        var running = RunAsync(call);
        if (!running.IsCompleted)
        {
            await using var giveUp = cancellationToken.UnsafeRegister(static call => ((FetchCall)call!).GiveUp(), call);
            await ((Task)running.WaitAsync(left < MaxWait ? left : MaxWait, _time, CancellationToken.None)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing
            );
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (running.IsCompleted)
        {
            return await running;
        }

        _background.Follow(call, running);
        return call.Last?.Result ?? AttemptResult.TimedOut;
    }

    private async Task<AttemptResult> RunAsync(FetchCall call)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, call.Cancellation.Token);
        try
        {
            context.Properties.Set(RetryRules.Call, call);
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static (context, state) => state.Client.MakeAttemptAsync(state.Call, context.CancellationToken),
                context,
                (Client: this, Call: call)
            );

            // An attempt that was not let through says less than the one before.
            return outcome.Exception is null && (call.Last is null || outcome.Result.WasMade)
                ? outcome.Result
                : call.Last?.Result ?? AttemptResult.TooLate;
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            return call.Last?.Result ?? AttemptResult.TooLate; // given up while it waited for a slot
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<AttemptResult>> MakeAttemptAsync(FetchCall call, CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        call.BeginAttempt();
        if (call is { Observer: { } observer, Attempts: 1 })
        {
            observer.Waited(_provider, call.StartedAt);
        }

        var observed = call.Observer?.BeginAttempt(_provider, call.Attempts) ?? 0;
        var activity = _telemetry is null ? null : ProviderTelemetry.StartRequest(_provider, _baseAddress.Host, call.Attempts);
        var result = await ExchangeAsync(call, cancellationToken);
        var took = _time.GetElapsedTime(startedAt);
        call.EndAttempt(result, took);
        call.Observer?.EndAttempt(observed, result.Status);
        ProviderTelemetry.EndRequest(activity, result.Status);
        if (!call.IsGivenUp)
        {
            if (Statistics.NoteAttempt(result.Status, took))
            {
                LogInvalidKey(_provider, _provider.SettingsName);
            }

            _telemetry?.NoteRequest(_provider, result.Status, took);
        }

        CloseIfRefused(result);
        foreach (var item in result.Items ?? [])
        {
            CloseIfRefused(item);
        }

        return Polly.Outcome.FromResult(result);
    }

    /// <summary>A provider that said that a limit is used up is left alone until its window ends (N6).</summary>
    private void CloseIfRefused(in AttemptResult result)
    {
        if (
            _options.CircuitBreaker.Enabled
            && result is { Status: FetchStatus.RateLimited or FetchStatus.QuotaExhausted, RetryAfterSeconds: { } seconds }
        )
        {
            _quota.Close(TimeSpan.FromSeconds(seconds), isForTheDay: result.Status == FetchStatus.QuotaExhausted);
        }
    }

    private async ValueTask<AttemptResult> ExchangeAsync(FetchCall call, CancellationToken cancellationToken)
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

            var receivedAt = _time.GetUtcNow();
            var result = Decide(new ProviderAnswer((int)response.StatusCode, body.Value.Bytes, response.Headers, receivedAt), call);
            if (
                _options.CircuitBreaker.Enabled
                && result.Status == FetchStatus.Ok
                && LimitHeaders.Pause(response.Headers, receivedAt) is { } pause
            )
            {
                _quota.Close(pause, isForTheDay: false);
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
            LogUnexpected(_provider, exception.GetType().Name, exception.StackTrace);
            return new AttemptResult(FetchStatus.MalformedResponse, "The answer could not be read.");
        }
    }

    private HttpRequestMessage CreateRequest(FetchCall call) =>
        call.Batch is { } batch ? ((IBatchAdapter)_adapter).CreateBatchRequest(batch) : _adapter.CreateRequest(call.Listing);

    private AttemptResult Decide(in ProviderAnswer answer, FetchCall call)
    {
        var result = call.Batch is { } batch
            ? Judge.DecideBatch((IBatchAdapter)_adapter, answer, batch)
            : Judge.Decide(_adapter, answer, call.Listing);
        return _options.Simulated ? AsSimulated(result) : result;
    }

    private static AttemptResult AsSimulated(in AttemptResult result) =>
        result with
        {
            Quote = result.Quote is { } quote ? quote with { Simulated = true } : null,
            Items = result.Items?.Select(item => AsSimulated(item)).ToArray(),
        };

    private FetchOutcome Outcome(FetchCall call, in AttemptResult result)
    {
        Statistics.Count(result.Status);
        _telemetry?.NoteFetch(_provider, result.Status);
        return new FetchOutcome
        {
            Provider = _provider,
            Status = result.Status,
            Quote = result.Quote,
            RetryAfterSeconds = result.RetryAfterSeconds,
            LatencyMs = Math.Round(_time.GetElapsedTime(call.StartedAt).TotalMilliseconds, 2),
            Attempts = call.Attempts,
            Detail = result.Detail,
        };
    }

    [LoggerMessage(
        EventId = 1123,
        Level = LogLevel.Warning,
        Message = "{Provider} rejects its API key. Check Providers__{Id}__ApiKey; this is logged once until a key is accepted."
    )]
    private partial void LogInvalidKey(ProviderId provider, string id);

    [LoggerMessage(
        EventId = 1121,
        Level = LogLevel.Error,
        Message = "An answer of {Provider} could not be read: {ExceptionType} at {Stack}"
    )]
    private partial void LogUnexpected(ProviderId provider, string exceptionType, string? stack);
}
