using System.Text.Json;
using Npgsql;
using Quorum.MarketData;
using Quorum.Shared;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Keeps the calls of an orchestration to its providers at one each where two processes may make them: a caller for whom the task hub was
/// too slow asks the providers itself, and the activities may run later in another process. Within a process <see cref="QuoteFlight"/> does
/// that without PostgreSQL.
/// </summary>
/// <remarks>A claim that PostgreSQL does not grant in time is taken as granted: a second call is better than no answer.</remarks>
public sealed class ClaimedFetches(FetchClaims claims, QuoteStorageLog storage, TimeProvider time)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(15);

    /// <summary>Claims the calls, in a round trip that begins at once and that others may share.</summary>
    /// <param name="instanceId">The orchestration.</param>
    /// <param name="deadline">The end of the wait for a call that another process makes.</param>
    public Claim Take(string instanceId, IReadOnlyList<ProviderId> providers, DateTimeOffset deadline) =>
        new(
            this,
            instanceId,
            deadline,
            IsOver(deadline) ? Task.FromResult<IReadOnlySet<ProviderId>?>(null) : TakeAsync(instanceId, providers)
        );

    /// <summary>True if no provider is called any more, so that there is no call to claim nor an outcome to store.</summary>
    private bool IsOver(DateTimeOffset deadline) => time.GetUtcNow() >= deadline;

    private async Task<IReadOnlySet<ProviderId>?> TakeAsync(string instanceId, IReadOnlyList<ProviderId> providers)
    {
        try
        {
            // Not cancelled: the caller makes its calls, so that the claims are right even if they are late.
            var taking = claims.TakeAsync(instanceId, providers, CancellationToken.None);
            return await taking.CompletesWithinAsync(MaxWait, time, CancellationToken.None) ? await taking : null;
        }
        catch (NpgsqlException)
        {
            return null; // the outage is logged where the hub meets it
        }
    }

    private async Task<FetchOutcome> CallAsync(string instanceId, ProviderId provider, Func<Task<FetchOutcome>> callAsync)
    {
        var outcome = await callAsync();
        _ = SaveAsync(instanceId, provider, outcome);
        return outcome;
    }

    private async Task SaveAsync(string instanceId, ProviderId provider, FetchOutcome outcome)
    {
        try
        {
            await claims.SaveOutcomeAsync(
                instanceId,
                provider,
                JsonSerializer.Serialize(outcome, MarketDataJson.Default.FetchOutcome),
                CancellationToken.None
            );
            storage.Worked(QuoteStorageUse.ClaimedFetches);
        }
        catch (Exception exception) // a task that is not awaited must not fail
        {
            storage.Failed(QuoteStorageUse.ClaimedFetches, exception);
        }
    }

    private async Task<FetchOutcome> OutcomeOfAnotherAsync(string instanceId, ProviderId provider, DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        using var over = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        while (true)
        {
            try
            {
                var json = await claims.FindOutcomeAsync(instanceId, provider, over.Token);
                storage.Worked(QuoteStorageUse.ClaimedFetches);
                if (json is not null && JsonSerializer.Deserialize(json, MarketDataJson.Default.FetchOutcome) is { } outcome)
                {
                    return outcome;
                }
            }
            catch (NpgsqlException exception)
            {
                storage.Failed(QuoteStorageUse.ClaimedFetches, exception);
            }
            catch (OperationCanceledException)
            {
                // the deadline has come while PostgreSQL did not answer
            }

            if (time.GetUtcNow() + PollInterval >= deadline)
            {
                return new FetchOutcome
                {
                    Provider = provider,
                    Status = FetchStatus.TimedOut,
                    Detail = "Another process makes the call; its answer did not come in time.",
                };
            }

            await Task.Delay(PollInterval, time);
        }
    }

    /// <summary>The claims of one orchestration that this process has asked for.</summary>
    public sealed class Claim
    {
        private readonly ClaimedFetches _owner;
        private readonly string _instanceId;
        private readonly DateTimeOffset _deadline;
        private readonly Task<IReadOnlySet<ProviderId>?> _taken;

        internal Claim(ClaimedFetches owner, string instanceId, DateTimeOffset deadline, Task<IReadOnlySet<ProviderId>?> taken) =>
            (_owner, _instanceId, _deadline, _taken) = (owner, instanceId, deadline, taken);

        /// <summary>The outcome of the one call: made here if it is ours, else awaited.</summary>
        public async Task<FetchOutcome> FetchAsync(ProviderId provider, Func<Task<FetchOutcome>> callAsync) =>
            _owner.IsOver(_deadline) ? await callAsync()
            : await _taken is not { } taken || taken.Contains(provider) ? await _owner.CallAsync(_instanceId, provider, callAsync)
            : await _owner.OutcomeOfAnotherAsync(_instanceId, provider, _deadline);
    }
}
