using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The state of a provider's circuit.</summary>
public enum BreakerState
{
    /// <summary>All calls are made.</summary>
    Closed,

    /// <summary>One is on its way, and decides.</summary>
    HalfOpen,

    /// <summary>No call is made.</summary>
    Open,
}

/// <summary>Leaves a provider alone that fails again and again (<see cref="CircuitBreakerOptions"/>).</summary>
internal sealed partial class CircuitBreaker
{
    /// <summary>The wait that is reported while a trial request is in flight, in seconds.</summary>
    private const double Soon = 1;

    private readonly ProviderId _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<BreakerState> _changed;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerOptions _options;
    private long _openUntil;

    /// <param name="changed">Told of each new state.</param>
    public CircuitBreaker(
        ProviderId provider,
        CircuitBreakerOptions options,
        TimeProvider time,
        ILogger logger,
        Action<BreakerState> changed
    ) => (_provider, _options, _time, _logger, _changed) = (provider, options, time, logger, changed);

    public BreakerState State =>
        !_options.Enabled
            ? BreakerState.Closed
            : _state.CircuitState switch
            {
                CircuitState.Closed => BreakerState.Closed,
                CircuitState.HalfOpen => BreakerState.HalfOpen,
                _ => BreakerState.Open,
            };

    /// <summary>The time from which the next request is admitted, UTC; in the past when it would be admitted now.</summary>
    public DateTimeOffset OpenUntil => new(Interlocked.Read(ref _openUntil), TimeSpan.Zero);

    /// <summary>Returns the refusal while the circuit is open, before a permit of the quota is taken.</summary>
    /// <returns><see langword="null"/> when the request may be made.</returns>
    public AttemptResult? Refuse() =>
        State switch
        {
            BreakerState.Open when OpenUntil - _time.GetUtcNow() is { Ticks: > 0 } left => Refusal(left.TotalSeconds),
            BreakerState.HalfOpen => Refusal(Soon),
            _ => null,
        };

    /// <summary>Returns the refusal of a request that reached the breaker after the circuit had opened.</summary>
    public static AttemptResult Refusal(BrokenCircuitException broken) => Refusal(broken.RetryAfter?.TotalSeconds ?? Soon);

    /// <summary>The strategy that lets a request through and notes its result; none if the breaker is disabled.</summary>
    public void AddTo(ResiliencePipelineBuilder<AttemptResult> pipeline)
    {
        if (!_options.Enabled)
        {
            return;
        }

        pipeline.AddCircuitBreaker(
            new CircuitBreakerStrategyOptions<AttemptResult>
            {
                FailureRatio = _options.FailureRatio,
                MinimumThroughput = _options.MinimumThroughput,
                SamplingDuration = _options.SamplingDuration,
                BreakDuration = _options.BreakDuration,
                StateProvider = _state,
                ShouldHandle = arguments => new ValueTask<bool>(IsFailure(arguments.Outcome.Result, arguments.Context)),
                OnOpened = arguments =>
                {
                    Interlocked.Exchange(ref _openUntil, (_time.GetUtcNow() + arguments.BreakDuration).UtcTicks);
                    LogOpened(_provider, arguments.Outcome.Result.Status, arguments.BreakDuration);
                    _changed(BreakerState.Open);
                    return default;
                },
                OnHalfOpened = _ =>
                {
                    _changed(BreakerState.HalfOpen);
                    return default;
                },
                OnClosed = _ =>
                {
                    LogClosed(_provider);
                    _changed(BreakerState.Closed);
                    return default;
                },
            }
        );
    }

    private static AttemptResult Refusal(double seconds) =>
        new(
            FetchStatus.CircuitOpen,
            "The provider failed too often lately and was not asked.",
            RetryAfterSeconds: Math.Max(0.1, Math.Ceiling(seconds * 10) / 10)
        )
        {
            WasMade = false,
        };

    /// <summary>A call that its caller gave up says nothing about the provider; as a trial it has not shown that the provider is well
    /// again.</summary>
    private bool IsFailure(in AttemptResult result, ResilienceContext context) =>
        result.Status is FetchStatus.ServerError or FetchStatus.MalformedResponse or FetchStatus.TimedOut or FetchStatus.Unreachable
        && (
            !context.Properties.TryGetValue(RetryRules.Call, out var call)
            || !call.IsGivenUp
            || _state.CircuitState == CircuitState.HalfOpen
        );

    [LoggerMessage(
        EventId = 1111,
        Level = LogLevel.Warning,
        Message = "{Provider} fails too often, last with {Status}: it is left alone for {BreakDuration}, then tried with one request"
    )]
    private partial void LogOpened(ProviderId provider, FetchStatus status, TimeSpan breakDuration);

    [LoggerMessage(EventId = 1112, Level = LogLevel.Information, Message = "{Provider} answers again")]
    private partial void LogClosed(ProviderId provider);
}
