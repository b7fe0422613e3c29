using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Polly;
using Quorum.MarketData;
using Quorum.Shared;

namespace Quorum.Providers;

/// <summary>Calls one provider through one resilience pipeline, until a deadline.</summary>
internal sealed partial class ProviderClient : IAsyncDisposable
{
    /// <summary>Beyond this a timer cannot count; every call ends long before.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly ProviderId _provider;
    private readonly IProviderAdapter _adapter;
    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProviderExchange _exchange;
    private readonly ResiliencePipeline<AttemptResult> _pipeline;
    private readonly ProviderTelemetry? _telemetry;
    private readonly BackgroundCalls _background;
    private readonly QuotaGate _quota;
    private readonly RetryRules _retries;
    private readonly CircuitBreaker _breaker;
    private readonly ConcurrencyLimiter _slots;
    private readonly string _host;

    /// <param name="provider">The provider to call.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="settings">Valid settings.</param>
    /// <param name="services">Shared by the clients of all providers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs changes of the provider's state.</param>
    public ProviderClient(
        ProviderId provider,
        IProviderAdapter adapter,
        ProviderSettings settings,
        ClientServices services,
        TimeProvider time,
        ILogger logger
    )
    {
        var options = settings.Options;
        (_provider, _adapter, _options, _time, _logger) = (provider, adapter, options, time, logger);
        (_telemetry, _host) = (services.Telemetry, new Uri(settings.BaseAddress).Host);
        _slots = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrentCalls, QueueLimit = int.MaxValue }
        );
        _retries = new RetryRules(options.Retry, time, () => services.Telemetry?.NoteRetry(provider));
        Statistics = new CallStatistics(time);
        _breaker = new CircuitBreaker(provider, options.CircuitBreaker, time, logger, Statistics.Timeline.NoteBreaker);
        _background = new BackgroundCalls(provider, options, services.LateQuotes, time, logger);

        // An attempt that the deadline overtakes is bounded by the background limit alone, any other by its own.
        var longestCall = options.AttemptTimeout > options.BackgroundLimit ? options.AttemptTimeout : options.BackgroundLimit;
        _quota = new QuotaGate(provider, settings.Limits, longestCall, services.Ledger, time, logger);
        _exchange = new ProviderExchange(
            provider,
            adapter,
            settings,
            services.Transport ?? ProviderHandler.Create(options),
            _quota,
            time,
            logger
        );
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

    /// <inheritdoc cref="ProviderExchange.ConnectAsync"/>
    public Task ConnectAsync(CancellationToken cancellationToken) => _exchange.ConnectAsync(cancellationToken);

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
        _exchange.Dispose();
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
            await running.CompletesWithinAsync(left < MaxWait ? left : MaxWait, _time, CancellationToken.None);
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
        var activity = _telemetry is null ? null : ProviderTelemetry.StartRequest(_provider, _host, call.Attempts);
        var result = await _exchange.SendAsync(call, cancellationToken);
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
}

/// <summary>The services that the clients of all providers share.</summary>
/// <param name="Ledger">Counts the quotas.</param>
/// <param name="LateQuotes">Stores answers that arrive after a deadline; <see langword="null"/> for none.</param>
/// <param name="Telemetry">Records every fetch and request; <see langword="null"/> for none.</param>
/// <param name="Transport">Sends the requests, and is disposed of by the client; <see langword="null"/> for the network.</param>
internal sealed record ClientServices(
    IQuotaLedger Ledger,
    ILateQuotes? LateQuotes = null,
    ProviderTelemetry? Telemetry = null,
    HttpMessageHandler? Transport = null
);
