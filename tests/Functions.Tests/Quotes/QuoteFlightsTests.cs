using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteFlightsTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToDeadline = TimeSpan.FromMilliseconds(184);

    private static readonly int AllActivities = ProviderId.All.Count + 1;

    private readonly ManualTimeProvider _time = new();
    private readonly QuoteFlights _flights;

    public QuoteFlightsTests() => _flights = new QuoteFlights(_time);

    [Fact]
    public async Task Identical_requests_share_one_flight_and_all_hear_of_its_landing()
    {
        var first = Join(Ask("AAPL"), out var firstRole);
        var second = Join(Ask("AAPL"), out var secondRole);
        var waits = new[] { Wait(first), Wait(second) };

        var quote = Quote(first.InstanceId);
        Assert.True(_flights.Publish(first.InstanceId, quote));

        Assert.Same(first, second);
        Assert.Equal((FlightRole.Begins, FlightRole.Joins), (firstRole, secondRole));
        Assert.All(await Task.WhenAll(waits), landed => Assert.Same(quote, landed));
        Assert.Empty(_flights.Awaited());
    }

    /// <summary>Else a second request of the same moment would find no trace to join, no instance that takes its <c>agree</c>, and no way to
    /// ask the providers without the task hub.</summary>
    [Fact]
    public void A_flight_is_prepared_once_by_the_request_that_begins_it_before_others_can_join()
    {
        var prepared = new List<QuoteFlight>();
        var wasUnderWay = new List<bool>();

        var begun = _flights.Join(Ask("AAPL"), ToDeadline, Prepare, out _);
        var joined = _flights.Join(Ask("AAPL"), ToDeadline, Prepare, out _);

        Assert.Same(begun, joined);
        Assert.Equal([begun], prepared);
        Assert.Equal([false], wasUnderWay);

        void Prepare(QuoteFlight flight)
        {
            prepared.Add(flight);
            wasUnderWay.Add(_flights.IsUnderWay(Ask("AAPL")));
        }
    }

    [Fact]
    public void Another_symbol_budget_or_selection_is_another_flight()
    {
        var flights = new[]
        {
            Ask("AAPL"),
            Ask("MSFT"),
            Ask("AAPL") with
            {
                Budget = TimeSpan.FromSeconds(1),
            },
            Ask("AAPL") with
            {
                Providers = ProviderSelection.None.With(ProviderId.Eodhd),
            },
        }
            .Select(request => Join(request, out _))
            .ToList();

        Assert.Equal(4, flights.Distinct().Count());
        Assert.Equal(4, flights.Select(flight => flight.InstanceId).Distinct().Count());
    }

    [Fact]
    public async Task Who_comes_after_the_landing_begins_anew()
    {
        var first = Join(Ask("AAPL"), out _);
        _flights.Publish(first.InstanceId, Quote(first.InstanceId));
        await Wait(first);

        Assert.NotSame(first, Join(Ask("AAPL"), out var role));
        Assert.Equal(FlightRole.Begins, role);
    }

    [Fact]
    public async Task A_landing_before_the_wait_is_not_missed()
    {
        var flight = Join(Ask("AAPL"), out _);
        var quote = Quote(flight.InstanceId);
        _flights.Publish(flight.InstanceId, quote);

        Assert.Same(quote, await Wait(flight));
    }

    [Fact]
    public async Task After_the_timeout_there_is_no_quote_and_the_flight_is_not_joined_any_more()
    {
        var flight = Join(Ask("AAPL"), out _);
        var joined = Join(Ask("AAPL"), out _);
        flight.MarkScheduled();

        Assert.Null(await _flights.WaitAsync(flight, Ask("AAPL"), TimeSpan.Zero, CancellationToken.None));

        Assert.NotSame(flight, Join(Ask("AAPL"), out _));
        var quote = Quote(flight.InstanceId);
        Assert.True(_flights.Publish(flight.InstanceId, quote));
        Assert.Same(quote, await Wait(joined));
    }

    [Fact]
    public async Task A_flight_without_callers_is_removed()
    {
        var flight = Join(Ask("AAPL"), out _);
        using var gone = new CancellationTokenSource();
        var wait = _flights.WaitAsync(flight, Ask("AAPL"), Generous, gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.Empty(_flights.Awaited());
        Assert.False(_flights.Publish(flight.InstanceId, Quote(flight.InstanceId)));
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_cancel_the_others()
    {
        var flight = Join(Ask("AAPL"), out _);
        Join(Ask("AAPL"), out _);
        var stays = Wait(flight);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _flights.WaitAsync(flight, Ask("AAPL"), Generous, new CancellationToken(canceled: true))
        );
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId));

        Assert.NotNull(await stays);
    }

    [Fact]
    public async Task A_quote_that_cannot_be_made_fails_all_who_wait_for_it_and_none_who_come_later()
    {
        var flight = Join(Ask("AAPL"), out _);
        var wait = Wait(flight);

        _flights.Fail(flight, new InvalidOperationException("no task hub"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => wait);
        Assert.NotSame(flight, Join(Ask("AAPL"), out _));
    }

    [Fact]
    public async Task A_provider_is_called_once_for_all_who_need_its_answer()
    {
        var flight = Join(Ask("AAPL"), out _);
        var answer = new TaskCompletionSource<FetchOutcome>();
        var calls = 0;

        var first = flight.FetchAsync(ProviderId.Eodhd, CallAsync);
        var second = flight.FetchAsync(ProviderId.Eodhd, CallAsync);
        Assert.Null(flight.OutcomeOf(ProviderId.Eodhd));
        answer.SetResult(Ok(ProviderId.Eodhd));

        Assert.Same(await first, await second);
        Assert.Same(await first, flight.OutcomeOf(ProviderId.Eodhd));
        Assert.Null(flight.OutcomeOf(ProviderId.Finnhub));
        Assert.Equal(1, calls);

        Task<FetchOutcome> CallAsync()
        {
            calls++;
            return answer.Task;
        }
    }

    [Fact]
    public async Task A_call_that_failed_is_made_again()
    {
        var flight = Join(Ask("AAPL"), out _);
        await Assert.ThrowsAsync<TaskCanceledException>(() =>
            flight.FetchAsync(ProviderId.Eodhd, () => Task.FromCanceled<FetchOutcome>(new CancellationToken(canceled: true)))
        );

        Assert.Equal(FetchStatus.Ok, (await flight.FetchAsync(ProviderId.Eodhd, () => Task.FromResult(Ok(ProviderId.Eodhd)))).Status);
        Assert.NotNull(flight.OutcomeOf(ProviderId.Eodhd));
    }

    [Fact]
    public async Task When_the_instance_does_not_stand_halfway_the_providers_are_asked_without_it_once_for_all()
    {
        var asked = new TaskCompletionSource();
        var flight = Join(Ask("AAPL"), out _);
        flight.AskWithoutHub = asked.SetResult; // a second call would throw
        var first = _flights.WaitAsync(flight, Ask("AAPL"), Generous, CancellationToken.None);
        Join(Ask("AAPL"), out _);
        var second = _flights.WaitAsync(flight, Ask("AAPL"), Generous, CancellationToken.None);

        _time.Advance(Generous / 2);
        await asked.Task.WithinAsync();
        Assert.Same(flight, Join(Ask("AAPL"), out _)); // it lands for certain
        var quote = Quote("");
        _flights.LandWithoutHub(flight, quote);

        Assert.All(await Task.WhenAll(first, second), landed => Assert.Same(quote, landed));
    }

    [Fact]
    public async Task When_the_instance_stands_halfway_it_is_waited_for()
    {
        var asked = 0;
        var flight = Join(Ask("AAPL"), out _);
        flight.AskWithoutHub = () => asked++;
        flight.MarkScheduled();

        Assert.Null(await _flights.WaitAsync(flight, Ask("AAPL"), TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(0, asked);
        Assert.Null(_flights.Find(flight.InstanceId));
    }

    [Fact]
    public async Task The_calls_of_a_flight_that_was_answered_without_its_instance_are_found_until_the_instance_publishes()
    {
        var flight = Join(Ask("AAPL"), out _);
        flight.HasInstance = true;
        await _flights.WaitAsync(flight, Ask("AAPL"), TimeSpan.Zero, CancellationToken.None);
        _flights.LandWithoutHub(flight, Quote(""));

        Assert.Same(flight, _flights.Find(flight.InstanceId));
        Assert.Empty(_flights.Awaited());
        Assert.NotSame(flight, Join(Ask("AAPL"), out _));
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId));
        Assert.Null(_flights.Find(flight.InstanceId));
    }

    /// <summary>Else an instance that starts after an outage would publish the answers of its beginning as those of its end.</summary>
    [Fact]
    public async Task They_are_forgotten_soon_after_the_deadline()
    {
        var longer = _flights.Join(Ask("MSFT"), TimeSpan.FromSeconds(10), static _ => { }, out _);
        var bypassed = Join(Ask("AAPL"), out _);
        longer.HasInstance = bypassed.HasInstance = true;
        await _flights.WaitAsync(longer, Ask("AAPL"), TimeSpan.Zero, CancellationToken.None);
        await _flights.WaitAsync(bypassed, Ask("AAPL"), TimeSpan.Zero, CancellationToken.None);

        _time.Advance(ToDeadline + TimeSpan.FromSeconds(1));
        Assert.Same(bypassed, _flights.Find(bypassed.InstanceId));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_flights.Find(bypassed.InstanceId));
        Assert.Same(longer, _flights.Find(longer.InstanceId));
    }

    [Fact]
    public async Task Who_joined_shortly_before_the_deadline_is_answered_after_it()
    {
        var early = Ask("AAPL") with { Agree = 3 };
        var flight = Join(early, out _);
        var agreed = _flights.WaitAsync(flight, early, Generous, CancellationToken.None);
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId) with { Agreeing = 3 });
        Assert.NotNull(await agreed);
        _time.Advance(ToDeadline);
        Assert.Same(flight, Join(Ask("AAPL"), out _));
        var waiting = Wait(flight);

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Join(Ask("MSFT"), out _);

        Assert.Same(flight, _flights.Find(flight.InstanceId));
        var quote = Quote(flight.InstanceId);
        Assert.True(_flights.Publish(flight.InstanceId, quote));
        Assert.Same(quote, await waiting);
    }

    [Fact]
    public async Task The_quote_of_all_is_reported_once_before_those_who_wait_have_it()
    {
        var flight = Join(Ask("AAPL"), out _);
        var wait = Wait(flight);
        var reported = new List<(PublishedQuote Quote, bool IsWaiting)>();
        flight.WhenLanded = landed => reported.Add((landed, !flight.Landed.IsCompleted));
        var quote = Quote(flight.InstanceId);

        _flights.Publish(flight.InstanceId, quote with { Agreeing = 2 });
        _flights.LandWithoutHub(flight, quote);
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId));

        Assert.Equal([(quote, true)], reported);
        Assert.Same(quote, await wait);
    }

    [Fact]
    public async Task The_quote_of_all_is_reported_until_a_second_past_the_deadline_when_no_caller_waits_any_more()
    {
        var (soon, late) = (Join(Ask("AAPL"), out _), Join(Ask("MSFT"), out _));
        var reported = new List<PublishedQuote>();
        foreach (var flight in new[] { soon, late })
        {
            flight.WhenLanded = reported.Add;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                _flights.WaitAsync(flight, Ask("AAPL"), Generous, new CancellationToken(canceled: true))
            );
        }

        var quote = Quote(soon.InstanceId);
        Assert.True(_flights.Publish(soon.InstanceId, quote));
        _time.Advance(ToDeadline + TimeSpan.FromSeconds(1.1));
        Join(Ask("IBM"), out _);

        Assert.Equal([quote], reported);
        Assert.False(_flights.Publish(late.InstanceId, Quote(late.InstanceId)));
    }

    [Fact]
    public void A_quote_must_be_stored_for_a_caller_who_leaves_before_the_landing_only()
    {
        var (before, after) = (Join(Ask("AAPL"), out _), Join(Ask("MSFT"), out _));

        Assert.False(before.MarkQuoteStored());
        _flights.Publish(before.InstanceId, Quote(before.InstanceId));
        _flights.Publish(after.InstanceId, Quote(after.InstanceId));
        Assert.True(after.MarkQuoteStored());

        Assert.Equal((true, false), (before.IsQuoteStored, after.IsQuoteStored));
    }

    [Fact]
    public void Activities_are_expected_here_once_those_of_three_orchestrations_in_a_row_ran_here()
    {
        Assert.False(_flights.ActivitiesRunHere);
        Land("T1", begun: AllActivities);
        Land("T2", begun: AllActivities);
        Land("T3", begun: AllActivities - 1);
        Land("T4", begun: AllActivities);
        Land("T5", begun: AllActivities);
        Assert.False(_flights.ActivitiesRunHere);

        Land("T6", begun: AllActivities);
        Assert.True(_flights.ActivitiesRunHere);

        Land("T7", begun: 0);
        Assert.False(_flights.ActivitiesRunHere);

        void Land(string symbol, int begun)
        {
            var flight = Join(Ask(symbol), out _);
            for (var i = 0; i < begun; i++)
            {
                flight.FanIn.Begin();
            }

            _flights.Publish(flight.InstanceId, Quote(flight.InstanceId));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Activities_find_the_calls_that_began_at_once_after_the_caller_has_left(bool beganAtOnce)
    {
        var flight = Join(Ask("AAPL"), out _);
        flight.CallsBeginAtOnce = beganAtOnce;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _flights.WaitAsync(flight, Ask("AAPL"), Generous, new CancellationToken(canceled: true))
        );

        Assert.Equal(beganAtOnce ? flight : null, _flights.Find(flight.InstanceId));
        _time.Advance(ToDeadline + TimeSpan.FromSeconds(1.1));
        Assert.Null(_flights.Find(flight.InstanceId));
    }

    private static FetchOutcome Ok(ProviderId provider) => new() { Provider = provider, Status = FetchStatus.Ok };

    private Task<PublishedQuote?> Wait(QuoteFlight flight) => _flights.WaitAsync(flight, Ask("AAPL"), Generous, CancellationToken.None);

    private QuoteFlight Join(QuoteRequest request, out FlightRole role) => _flights.Join(request, ToDeadline, static _ => { }, out role);

    private static QuoteRequest Ask(string symbol) =>
        new()
        {
            Symbol = Symbol.Parse(symbol),
            Providers = ProviderSelection.All,
            Budget = TimeSpan.FromMilliseconds(200),
            MaxAge = TimeSpan.Zero,
        };

    private static PublishedQuote Quote(string instanceId) =>
        Samples.Published(Samples.Consolidated("AAPL", 187.21m), instanceId, Samples.Noon);
}
