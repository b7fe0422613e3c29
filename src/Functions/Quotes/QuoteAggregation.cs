using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;

namespace Quorum.Functions.Quotes;

/// <summary>Starts the orchestration that a request needs, unless an identical one is in flight.</summary>
public sealed partial class QuoteAggregation(
    QuoteFlights flights, HubHealth hub, AppMetrics metrics, TimeProvider time, IOptions<QuoteOptions> options, ILogger<QuoteAggregation> logger)
{
    private readonly TimeSpan _fanInReserve = TimeSpan.FromMilliseconds(options.Value.FanInReserveMs);
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>The flight to wait for with <see cref="QuoteFlights.WaitAsync"/>.</summary>
    /// <param name="remaining">What is left of the request's budget.</param>
    public QuoteFlight Begin(QuoteRequest request, TimeSpan remaining, DurableTaskClient durable)
    {
        var deadline = time.GetUtcNow() + remaining - _fanInReserve;
        var flight = flights.Join(new FlightKey(request.Symbol, request.Providers, request.Budget), deadline, out var begins);
        if (begins)
        {
            var input = new AggregateQuoteInput
            {
                Symbol = request.Symbol,
                Providers = request.Providers.ToList(),
                Deadline = deadline,
                ReplyTo = flights.ProcessId,
                Merge = _merge,
            };
            _ = ScheduleAsync(flight, input, durable);
        }
        else
        {
            metrics.Joined();
        }

        return flight;
    }

    /// <summary>Takes no caller's cancellation: whoever joined depends on it, and what has been started is finished.</summary>
    private async Task ScheduleAsync(QuoteFlight flight, AggregateQuoteInput input, DurableTaskClient durable)
    {
        hub.Begin();
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(AggregateQuote), input, new StartOrchestrationOptions(flight.InstanceId), CancellationToken.None);
            flight.MarkScheduled();
            hub.End(taken: true);
        }
        catch (Exception exception) // At the edge of a task that nobody awaits: whoever waits for the flight hears of it.
        {
            hub.End(taken: false);
            LogNotScheduled(exception, flight.InstanceId);
            flights.Fail(flight, exception);
        }
    }

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "Instance {InstanceId} could not be scheduled.")]
    private partial void LogNotScheduled(Exception exception, string instanceId);
}
