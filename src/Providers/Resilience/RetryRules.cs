using Polly;
using Polly.Retry;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The rules for retries of a request to one provider (N6).</summary>
/// <param name="options">The retry options.</param>
/// <param name="time">The clock for deadlines and waits.</param>
/// <param name="retrying">Called for each retry.</param>
internal sealed class RetryRules(RetryOptions options, TimeProvider time, Action retrying)
{
    /// <summary>Before the first retry, by median; it doubles, with jitter.</summary>
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(15);

    private readonly RetryBudget _budget = new(options.BudgetRatio);

    public static ResiliencePropertyKey<FetchCall> Call { get; } = new("Quorum.FetchCall");

    /// <summary>A fetch begins: it earns a part of a retry.</summary>
    public void Earn() => _budget.Earn();

    /// <summary>The strategy that makes another attempt.</summary>
    public void AddTo(ResiliencePipelineBuilder<AttemptResult> pipeline) =>
        pipeline.AddRetry(
            new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = Math.Max(1, options.MaxRetries), // none are held back by the rule below
                Delay = FirstDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => new ValueTask<bool>(
                    arguments.Outcome.Result.Status != FetchStatus.Ok
                        && IsWorthAnother(arguments.Outcome.Result, arguments.Context, arguments.AttemptNumber)
                ),
                OnRetry = _ =>
                {
                    retrying();
                    return default;
                },
                DelayGenerator = static arguments => new ValueTask<TimeSpan?>(Wanted(arguments.Outcome.Result)),
            }
        );

    private bool IsWorthAnother(in AttemptResult result, ResilienceContext context, int retriesSoFar)
    {
        if (
            result.Status
                is not (
                    FetchStatus.ServerError
                    or FetchStatus.MalformedResponse
                    or FetchStatus.TimedOut
                    or FetchStatus.Unreachable
                    or FetchStatus.RateLimited
                )
            || retriesSoFar >= options.MaxRetries
        )
        {
            return false;
        }

        if (!context.Properties.TryGetValue(Call, out var call) || call.IsLeftBehind || call.Cancellation.IsCancellationRequested)
        {
            return false;
        }

        // Jitter at most doubles the median; the next attempt probably takes as long as this one did.
        var delay = Wanted(result) ?? FirstDelay * (2 << retriesSoFar);
        var attempt = call.Last is { } last && last.Took > FetchCall.MinAttempt ? last.Took : FetchCall.MinAttempt;
        return time.GetUtcNow() + delay + attempt < call.Deadline && _budget.TrySpend();
    }

    /// <summary>The provider's own wish (N7), else <see langword="null"/>: back off.</summary>
    private static TimeSpan? Wanted(in AttemptResult result) =>
        result.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
