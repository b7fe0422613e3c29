using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Telemetry;
using Quorum.Functions.Traces;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Begins the quote that a request needs, unless an identical one is in flight: by an orchestration, or without the task hub while
/// that is away.</summary>
public sealed partial class QuoteAggregation(
    QuoteFlights flights,
    ProviderListings listings,
    QuoteWithoutHub withoutHub,
    HubHealth hub,
    TraceRecorder traces,
    AppMetrics metrics,
    TimeProvider time,
    IOptions<QuoteOptions> options,
    ILogger<QuoteAggregation> logger
)
{
    private readonly TimeSpan _fanInReserve = TimeSpan.FromMilliseconds(options.Value.FanInReserveMs);
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>The flight to wait for with <see cref="QuoteFlights.WaitAsync"/>.</summary>
    public QuoteFlight Begin(QuoteCall call)
    {
        var request = call.Request;
        var deadline = time.GetUtcNow() + call.Left - _fanInReserve;
        var isAway = hub.IsAwayFor(request.Budget);
        var flight = flights.Join(request, deadline, out var role);
        if (role is FlightRole.Begins)
        {
            flight.AskWithoutHub = () => withoutHub.Ask(flight, call.Durable);
            if (!isAway)
            {
                Schedule(flight, call);
            }
        }
        else
        {
            metrics.Joined();
            flight.Trace?.Join(call.TraceId);
            flight.FanIn.Release();
            if (role is FlightRole.TellsAgree && request.Agree is { } agree && flight.HasInstance)
            {
                _ = TellAsync(flight, agree, call.Durable);
            }
        }

        if (isAway)
        {
            flights.Bypass(flight);
        }

        return flight;
    }

    private void Schedule(QuoteFlight flight, QuoteCall call)
    {
        var (request, providers) = (call.Request, call.Request.Providers.ToList());
        var input = new AggregateQuoteInput
        {
            Symbol = request.Symbol,
            Providers = providers,
            Deadline = flight.Deadline,
            ReplyTo = flights.ProcessId,
            Merge = _merge,
            Agree = request.Agree,
            Slower = listings.FindSlower(request.Symbol, providers),
            IsOneOfMany = call.IsOneOfMany ? true : null,
        };
        flight.HasInstance = true;
        flight.Trace = traces.Begin(request, call.TraceId, flight.InstanceId, flight.Deadline, call.Clock);
        _ = ScheduleAsync(flight, input, call.Durable);
    }

    /// <summary>Takes no caller's cancellation: every caller that joins with the same number depends on it.</summary>
    private async Task TellAsync(QuoteFlight flight, int agree, DurableTaskClient durable)
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
            LogNotTold(exception, flight.InstanceId, agree);
        }
    }

    /// <summary>Has no cancellation: callers that joined depend on it, and what was started is finished.</summary>
    private async Task ScheduleAsync(QuoteFlight flight, AggregateQuoteInput input, DurableTaskClient durable)
    {
        hub.Begin();
        var span = flight.Trace?.Begin(SpanKind.Start) ?? 0;
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(AggregateQuote),
                input,
                new StartOrchestrationOptions(flight.InstanceId),
                CancellationToken.None
            );
            flight.Trace?.End(span);
            flight.MarkScheduled();
            hub.End(taken: true);
        }
        catch (Exception exception) // At the edge of a task that is not awaited: the providers are asked without the hub.
        {
            hub.End(taken: false);
            flight.Trace?.End(span, null);
            LogNotScheduled(exception, flight.InstanceId);
            flight.MarkRefused();
            flights.Bypass(flight);
        }
    }

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "Instance {InstanceId} could not be scheduled.")]
    private partial void LogNotScheduled(Exception exception, string instanceId);

    [LoggerMessage(
        EventId = 1015,
        Level = LogLevel.Warning,
        Message = "Instance {InstanceId} could not be told to answer when {Agree} providers agree."
    )]
    private partial void LogNotTold(Exception exception, string instanceId, int agree);
}
