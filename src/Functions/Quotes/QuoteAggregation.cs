using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Begins the quote that a request needs, unless an identical one is in flight: by an orchestration, or without the task hub while
/// that is unavailable.</summary>
public sealed class QuoteAggregation(
    QuoteFlights flights,
    ProviderListings listings,
    InstanceStarter starter,
    QuoteWithoutHub withoutHub,
    HubHealth hub,
    TraceRecorder traces,
    IOptions<QuoteOptions> options
)
{
    private readonly TimeSpan _fanInReserve = TimeSpan.FromMilliseconds(options.Value.FanInReserveMs);
    private readonly TimeSpan _answerReserve = TimeSpan.FromMilliseconds(options.Value.AnswerReserveMs);
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>Waits for the quote that the caller accepts; <see langword="null"/> when the budget is about to end.</summary>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<PublishedQuote?> WaitAsync(QuoteFlight flight, QuoteCall call, CancellationToken cancellationToken) =>
        flights.WaitAsync(flight, call.Request, call.Left - _answerReserve, cancellationToken);

    /// <summary>The flight to wait for with <see cref="WaitAsync"/>.</summary>
    /// <param name="whenLanded"><see cref="QuoteFlight.WhenLanded"/> of a flight that is begun for this caller.</param>
    /// <param name="joined">True if the flight was begun for another caller.</param>
    public QuoteFlight Begin(QuoteCall call, Action<PublishedQuote>? whenLanded, out bool joined)
    {
        var request = call.Request;
        var isUnavailable = hub.IsUnavailableFor(request.Budget);
        var flight = flights.Join(request, call.Left - _fanInReserve, Prepare, out var role);
        joined = role is not FlightRole.Begins;
        if (joined)
        {
            flight.Trace?.Join(call.TraceId);
            flight.FanIn.Release();
            if (role is FlightRole.RaisesAgree && request.Agree is { } agree && flight.HasInstance)
            {
                _ = starter.RaiseAgreeAsync(flight, agree, call.Durable);
            }
        }
        else if (flight.HasInstance)
        {
            _ = StartAsync(flight, InputOf(flight, request, call.IsOneOfMany), call.Durable);
        }

        if (isUnavailable)
        {
            flights.Bypass(flight);
        }

        return flight;

        void Prepare(QuoteFlight begun)
        {
            begun.WhenLanded = whenLanded;
            begun.AskWithoutHub = () => AskWithoutHub(begun, call.Durable);
            begun.HasInstance = !isUnavailable;
            if (begun.HasInstance)
            {
                begun.CallsBeginAtOnce = flights.ActivitiesRunHere;
                begun.Trace = traces.Begin(request, call.TraceId, begun.InstanceId, begun.Deadline, call.Clock);
            }
        }
    }

    /// <summary>Makes a quote of a symbol that no provider lists as it is made for a caller, but in no trace and in no figure: for the
    /// warm-up. Cannot be cancelled, since what was started is finished.</summary>
    /// <returns>The orchestration's id, once it has ended. It is the caller's to purge.</returns>
    /// <exception cref="InvalidOperationException">The hub does not accept the orchestration.</exception>
    internal async Task<string> WarmUpAsync(QuoteRequest request, DurableTaskClient durable)
    {
        var flight = flights.Join(request, request.Budget, Prepare, out _);
        try
        {
            await StartAsync(flight, InputOf(flight, request, isOneOfMany: false), durable);
            if (!flight.Scheduled)
            {
                throw new InvalidOperationException("The task hub does not accept the orchestration.");
            }

            await durable.WaitForInstanceCompletionAsync(flight.InstanceId, CancellationToken.None);
            return flight.InstanceId;
        }
        finally
        {
            await flights.WaitAsync(flight, request, TimeSpan.Zero, CancellationToken.None); // it has landed, if its activities ran here
        }

        void Prepare(QuoteFlight begun)
        {
            begun.AskWithoutHub = () => AskWithoutHub(begun, durable);
            begun.HasInstance = true;
            begun.IsMeasured = false;
            begun.CallsBeginAtOnce = flights.ActivitiesRunHere;
        }
    }

    private AggregateQuoteInput InputOf(QuoteFlight flight, QuoteRequest request, bool isOneOfMany)
    {
        var providers = request.Providers.ToList();
        return new AggregateQuoteInput
        {
            Symbol = request.Symbol,
            Providers = providers,
            Deadline = flight.Deadline,
            ReplyTo = flights.ProcessId,
            Merge = _merge,
            Agree = request.Agree,
            Slower = listings.FindSlower(request.Symbol, providers),
            IsOneOfMany = isOneOfMany ? true : null,
        };
    }

    private async Task StartAsync(QuoteFlight flight, AggregateQuoteInput input, DurableTaskClient durable)
    {
        flight.FanIn.Slower = input.Slower ?? [];
        var starting = starter.StartAsync(flight, input, durable);
        if (flight.CallsBeginAtOnce)
        {
            BeginCalls(flight, input);
        }

        if (!await starting)
        {
            flights.Bypass(flight);
        }
    }

    /// <summary>The activities take the outcomes from the flight. The slowest provider, for which the answer waits, is called first.</summary>
    private void BeginCalls(QuoteFlight flight, AggregateQuoteInput input)
    {
        foreach (var provider in listings.SlowestFirst(input.Providers))
        {
            _ = flight.FetchAsync(
                provider,
                () =>
                    listings.FetchAsync(
                        input.Symbol,
                        provider,
                        input.Deadline,
                        input.IsOneOfMany is true,
                        flight.Trace,
                        CancellationToken.None
                    )
            );
        }
    }

    private void AskWithoutHub(QuoteFlight flight, DurableTaskClient durable)
    {
        starter.TestIfUnavailable(durable);
        withoutHub.Ask(flight);
    }
}
