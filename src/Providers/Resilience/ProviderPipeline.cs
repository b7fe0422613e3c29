using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;
using Polly.Timeout;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// The way of an attempt to one provider: retries, outside of all else, so that every attempt is seen by what limits calls across fetches;
/// the breaker, at first without noting anything, since a refused call is to take neither a slot nor a permit; the concurrency limit; the
/// quota; the breaker, which notes the result of the request; and the attempt's own timeout.
/// </summary>
internal static class ProviderPipeline
{
    public static ResiliencePipeline<AttemptResult> Build(
        ProviderId provider,
        ProviderOptions options,
        RetryRules retries,
        CircuitBreaker breaker,
        ConcurrencyLimiter slots,
        QuotaGate quota,
        TimeProvider time
    )
    {
        var pipeline = new ResiliencePipelineBuilder<AttemptResult> { Name = provider.ToString(), TimeProvider = time };
        retries.AddTo(pipeline);
        pipeline.AddStrategy(_ => new RefuseWhileOpen(breaker), new Unconfigured());
        pipeline.AddRateLimiter(slots);
        pipeline.AddStrategy(_ => new TakePermit(quota, time), new Unconfigured());
        breaker.AddTo(pipeline);
        pipeline.AddTimeout(
            new TimeoutStrategyOptions { TimeoutGenerator = arguments => new(TimeoutOf(arguments.Context, options.AttemptTimeout, time)) }
        );

        // Metrics only: a log line for each event would hold nothing that outcomes and the breaker's lines do not.
        return pipeline.ConfigureTelemetry(new TelemetryOptions { LoggerFactory = NullLoggerFactory.Instance }).Build();
    }

    /// <summary>A timer only where it can fire while the caller still waits: the deadline's own timer does for all the rest.</summary>
    private static TimeSpan TimeoutOf(ResilienceContext context, TimeSpan attempt, TimeProvider time) =>
        context.Properties.TryGetValue(RetryRules.Call, out var call) && time.GetUtcNow() + attempt < call.Deadline
            ? attempt
            : Timeout.InfiniteTimeSpan;

    /// <summary>Refuses what the breaker would refuse further inside, and words its refusal.</summary>
    private sealed class RefuseWhileOpen(CircuitBreaker breaker) : ResilienceStrategy<AttemptResult>
    {
        protected override async ValueTask<Outcome<AttemptResult>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<AttemptResult>>> callback,
            ResilienceContext context,
            TState state
        )
        {
            if (breaker.Refuse() is { } refused)
            {
                return Outcome.FromResult(refused);
            }

            var outcome = await callback(context, state);
            return outcome.Exception is BrokenCircuitException broken ? Outcome.FromResult(CircuitBreaker.Refusal(broken)) : outcome;
        }
    }

    /// <summary>Takes permits of the quota, and gives them back if no request was made.</summary>
    private sealed class TakePermit(QuotaGate quota, TimeProvider time) : ResilienceStrategy<AttemptResult>
    {
        protected override async ValueTask<Outcome<AttemptResult>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<AttemptResult>>> callback,
            ResilienceContext context,
            TState state
        )
        {
            var call = context.Properties.GetValue(RetryRules.Call, null!); // the client sets it for every execution
            if (call.IsTooLate(time.GetUtcNow()))
            {
                return Outcome.FromResult(AttemptResult.TooLate);
            }

            var admission = await quota.TakeAsync(
                call.Purpose,
                call.Permits,
                call.Deadline - FetchCall.MinAttempt,
                call.Cancellation.Token
            );
            if (admission.Refusal is { } refusal)
            {
                return Outcome.FromResult(refusal with { WasMade = false });
            }

            var mayHaveBeenMade = true;
            try
            {
                var outcome = call.IsTooLate(time.GetUtcNow()) ? Outcome.FromResult(AttemptResult.TooLate) : await callback(context, state);
                mayHaveBeenMade = outcome.Exception is null && outcome.Result.WasMade;
                return outcome;
            }
            finally
            {
                if (mayHaveBeenMade)
                {
                    admission.Permit?.End();
                }
                else
                {
                    admission.Permit?.GiveBack();
                }
            }
        }
    }

    private sealed class Unconfigured : ResilienceStrategyOptions;
}
