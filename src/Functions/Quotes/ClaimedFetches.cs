using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.Functions.Waiting;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Keeps the calls of an orchestration to its providers at one each where two processes may make them: a caller for whom the task hub was
/// too slow asks the providers itself, and the activities may run later in another process. Within a process <see cref="QuoteFlight"/> does
/// that without PostgreSQL.
/// </summary>
/// <remarks>A claim that PostgreSQL does not grant in time is taken as granted: a second call is better than no answer.</remarks>
public sealed partial class ClaimedFetches(FetchClaims claims, TimeProvider time, ILogger<ClaimedFetches> logger)
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
        _ = SaveOrLogAsync(instanceId, provider, outcome);
        return outcome;
    }

    private async Task SaveOrLogAsync(string instanceId, ProviderId provider, FetchOutcome outcome)
    {
        try
        {
            await claims.SaveOutcomeAsync(
                instanceId,
                provider,
                JsonSerializer.Serialize(outcome, MarketDataJson.Default.FetchOutcome),
                CancellationToken.None
            );
        }
        catch (Exception exception) // a task that is not awaited must not fail
        {
            LogNotSaved(exception, provider, instanceId);
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
                if (
                    await claims.FindOutcomeAsync(instanceId, provider, over.Token) is { } json
                    && JsonSerializer.Deserialize(json, MarketDataJson.Default.FetchOutcome) is { } outcome
                )
                {
                    return outcome;
                }
            }
            catch (NpgsqlException exception)
            {
                LogNotRead(exception, provider, instanceId);
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

    [LoggerMessage(
        EventId = 1016,
        Level = LogLevel.Warning,
        Message = "The outcome of {Provider} for instance {InstanceId} could not be stored for other processes."
    )]
    private partial void LogNotSaved(Exception exception, ProviderId provider, string instanceId);

    [LoggerMessage(
        EventId = 1017,
        Level = LogLevel.Warning,
        Message = "The outcome of {Provider} for instance {InstanceId}, called by another process, could not be read."
    )]
    private partial void LogNotRead(Exception exception, ProviderId provider, string instanceId);

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
