using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Quorum.Functions.Traces;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Starts the orchestrations of quotes. While the task hub is unavailable, one orchestration that calls no provider tests if it is
/// available again.</summary>
public sealed partial class InstanceStarter(HubHealth hub, TimeProvider time, ILogger<InstanceStarter> logger)
{
    private static readonly Symbol Trial = Symbol.Parse("TRIAL:XXXX");

    /// <summary>The standalone host leaves an orchestration with this tag out of its figures.</summary>
    private static readonly Dictionary<string, string> Unmeasured = new(StringComparer.Ordinal) { ["unmeasured"] = "" };

    private static readonly TimeSpan TrialInterval = TimeSpan.FromMilliseconds(500);

    private int _trialRuns;

    /// <summary>Starts the instance of a flight. Has no cancellation: callers that joined depend on it, and what was started is
    /// finished.</summary>
    /// <returns>False if the hub has rejected it.</returns>
    public async Task<bool> StartAsync(QuoteFlight flight, AggregateQuoteInput input, DurableTaskClient durable)
    {
        var span = flight.Trace?.Begin(SpanKind.Start) ?? 0;
        try
        {
            await ScheduleAsync(flight.InstanceId, input, durable, flight.IsMeasured);
            flight.Trace?.End(span);
            flight.MarkScheduled();
            return true;
        }
        catch (Exception exception) // the providers are called without the hub
        {
            flight.Trace?.End(span, null);
            LogNotScheduled(exception, flight.InstanceId);
            flight.MarkRefused();
            return false;
        }
    }

    /// <summary>Adds a number of agreeing providers with which a caller is answered, once the instance is started. Takes no caller's
    /// cancellation: every caller that joins with the same number depends on it.</summary>
    public async Task RaiseAgreeAsync(QuoteFlight flight, int agree, DurableTaskClient durable)
    {
        try
        {
            if (await flight.Scheduling)
            {
                await durable.RaiseEventAsync(flight.InstanceId, AggregateQuote.AgreeEvent, agree, CancellationToken.None);
            }
        }
        catch (Exception exception) // at the edge of a task that is not awaited: the caller gets the quote of all providers
        {
            LogAgreeNotRaised(exception, flight.InstanceId, agree);
        }
    }

    /// <summary>Begins to test the hub if it is unavailable, until it accepts an orchestration.</summary>
    public void TestIfUnavailable(DurableTaskClient durable)
    {
        if (hub.IsUnavailable && Interlocked.Exchange(ref _trialRuns, 1) == 0)
        {
            _ = TestAsync(durable);
        }
    }

    /// <summary>Starts an orchestration that calls no provider and publishes nothing: its deadline has passed.</summary>
    /// <returns>Its id. It is the caller's to purge.</returns>
    /// <exception cref="Exception">The hub does not accept it.</exception>
    internal async Task<string> TryAsync(DurableTaskClient durable)
    {
        var input = new AggregateQuoteInput
        {
            Symbol = Trial,
            Providers = [],
            Deadline = time.GetUtcNow(),
        };
        var instanceId = Guid.CreateVersion7(input.Deadline).ToString("N");
        await ScheduleAsync(instanceId, input, durable, isMeasured: false);
        return instanceId;
    }

    /// <summary>Until the hub accepts an orchestration.</summary>
    private async Task TestAsync(DurableTaskClient durable)
    {
        LogUnavailable();
        var since = time.GetTimestamp();
        do
        {
            try
            {
                var instanceId = await TryAsync(durable);
                LogAvailable(time.GetElapsedTime(since).TotalSeconds, instanceId);
                _ = PurgeAsync(instanceId, durable);
            }
            catch (Exception) // At the edge of a loop: that it fails is what is looked for, and was logged when it began.
            {
                await Task.Delay(TrialInterval, time);
            }
        } while (hub.IsUnavailable);

        Volatile.Write(ref _trialRuns, 0);
    }

    /// <summary>Deletes the trial when it has ended.</summary>
    private static async Task PurgeAsync(string instanceId, DurableTaskClient durable)
    {
        try
        {
            await durable.WaitForInstanceCompletionAsync(instanceId, CancellationToken.None);
            await durable.PurgeInstanceAsync(instanceId, CancellationToken.None);
        }
        catch (Exception) // At the edge of a task that is not awaited.
        {
            // the retention deletes it later
        }
    }

    private async Task ScheduleAsync(string instanceId, AggregateQuoteInput input, DurableTaskClient durable, bool isMeasured)
    {
        hub.Begin();
        var accepted = false;
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(AggregateQuote),
                input,
                isMeasured ? new StartOrchestrationOptions(instanceId) : new StartOrchestrationOptions(instanceId) { Tags = Unmeasured },
                CancellationToken.None
            );
            accepted = true;
        }
        finally
        {
            hub.End(accepted);
        }
    }

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "Instance {InstanceId} could not be scheduled.")]
    private partial void LogNotScheduled(Exception exception, string instanceId);

    [LoggerMessage(
        EventId = 1015,
        Level = LogLevel.Warning,
        Message = "Instance {InstanceId} could not get the event to answer when {Agree} providers agree."
    )]
    private partial void LogAgreeNotRaised(Exception exception, string instanceId, int agree);

    [LoggerMessage(
        EventId = 1010,
        Level = LogLevel.Error,
        Message = "The task hub accepts no orchestrations; quotes are made without it and are not durable."
    )]
    private partial void LogUnavailable();

    [LoggerMessage(
        EventId = 1011,
        Level = LogLevel.Information,
        Message = "The task hub accepts orchestrations again after {Seconds:F1} s; the first was {InstanceId}."
    )]
    private partial void LogAvailable(double seconds, string instanceId);
}
