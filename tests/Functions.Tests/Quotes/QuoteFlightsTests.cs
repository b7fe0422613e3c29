using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteFlightsTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToDeadline = TimeSpan.FromMilliseconds(184);

    private readonly ManualTimeProvider _time = new();
    private readonly QuoteFlights _flights;

    public QuoteFlightsTests() => _flights = new QuoteFlights(_time);

    [Fact]
    public async Task Identical_requests_share_one_flight_and_all_hear_of_its_landing()
    {
        var first = Join(Key("AAPL"), out var firstBegins);
        var second = Join(Key("AAPL"), out var secondBegins);
        var waits = new[] { Wait(first), Wait(second) };

        var quote = Quote(first.InstanceId);
        Assert.True(_flights.Land(first.InstanceId, quote));

        Assert.Same(first, second);
        Assert.True(firstBegins);
        Assert.False(secondBegins);
        Assert.All(await Task.WhenAll(waits), landed => Assert.Same(quote, landed));
        Assert.Empty(_flights.Awaited());
    }

    [Fact]
    public void Another_symbol_budget_or_selection_is_another_flight()
    {
        var flights = new[]
        {
            Key("AAPL"),
            Key("MSFT"),
            Key("AAPL") with { Budget = TimeSpan.FromSeconds(1) },
            Key("AAPL") with { Providers = ProviderSelection.None.With(ProviderId.Eodhd) },
        }.Select(key => Join(key, out _)).ToList();

        Assert.Equal(4, flights.Distinct().Count());
        Assert.Equal(4, flights.Select(flight => flight.InstanceId).Distinct().Count());
    }

    [Fact]
    public async Task Who_comes_after_the_landing_begins_anew()
    {
        var first = Join(Key("AAPL"), out _);
        _flights.Land(first.InstanceId, Quote(first.InstanceId));
        await Wait(first);

        Assert.NotSame(first, Join(Key("AAPL"), out var begins));
        Assert.True(begins);
    }

    [Fact]
    public async Task A_landing_before_the_wait_is_not_missed()
    {
        var flight = Join(Key("AAPL"), out _);
        var quote = Quote(flight.InstanceId);
        _flights.Land(flight.InstanceId, quote);

        Assert.Same(quote, await Wait(flight));
    }

    [Fact]
    public async Task When_patience_ends_there_is_nothing_and_nobody_joins_that_flight_any_more()
    {
        var flight = Join(Key("AAPL"), out _);
        var joined = Join(Key("AAPL"), out _);

        Assert.Equal(new FlightWait(null, HubIsSlow: true), await _flights.WaitAsync(flight, TimeSpan.Zero, CancellationToken.None));

        Assert.NotSame(flight, Join(Key("AAPL"), out _));
        var quote = Quote(flight.InstanceId);
        Assert.True(_flights.Land(flight.InstanceId, quote));
        Assert.Same(quote, await Wait(joined));
    }

    [Fact]
    public async Task A_flight_that_nobody_waits_for_is_forgotten()
    {
        var flight = Join(Key("AAPL"), out _);
        using var gone = new CancellationTokenSource();
        var wait = _flights.WaitAsync(flight, Generous, gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.Empty(_flights.Awaited());
        Assert.False(_flights.Land(flight.InstanceId, Quote(flight.InstanceId)));
    }

    [Fact]
    public async Task A_caller_who_leaves_takes_nobody_along()
    {
        var flight = Join(Key("AAPL"), out _);
        Join(Key("AAPL"), out _);
        var stays = Wait(flight);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _flights.WaitAsync(flight, Generous, new CancellationToken(canceled: true)));
        _flights.Land(flight.InstanceId, Quote(flight.InstanceId));

        Assert.NotNull(await stays);
    }

    [Fact]
    public async Task An_instance_that_could_not_be_started_fails_all_who_wait_for_it_and_none_who_come_later()
    {
        var flight = Join(Key("AAPL"), out _);
        var wait = Wait(flight);

        _flights.Fail(flight, new InvalidOperationException("no task hub"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => wait);
        Assert.NotSame(flight, Join(Key("AAPL"), out _));
    }

    [Fact]
    public async Task A_provider_is_called_once_for_all_who_need_its_answer()
    {
        var flight = Join(Key("AAPL"), out _);
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
        var flight = Join(Key("AAPL"), out _);
        await Assert.ThrowsAsync<TaskCanceledException>(() => flight.FetchAsync(
            ProviderId.Eodhd, () => Task.FromCanceled<FetchOutcome>(new CancellationToken(canceled: true))));

        Assert.Equal(FetchStatus.Ok, (await flight.FetchAsync(ProviderId.Eodhd, () => Task.FromResult(Ok(ProviderId.Eodhd)))).Status);
        Assert.NotNull(flight.OutcomeOf(ProviderId.Eodhd));
    }

    [Fact]
    public async Task A_flight_that_was_bypassed_is_found_until_it_lands()
    {
        var bypassed = Join(Key("AAPL"), out _);
        var scheduled = Join(Key("MSFT"), out _);
        scheduled.MarkScheduled();

        Assert.Equal(new FlightWait(null, HubIsSlow: true), await _flights.WaitAsync(bypassed, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(new FlightWait(null, HubIsSlow: false), await _flights.WaitAsync(scheduled, TimeSpan.Zero, CancellationToken.None));

        Assert.Same(bypassed, _flights.Find(bypassed.InstanceId));
        Assert.Null(_flights.Find(scheduled.InstanceId));
        Assert.Empty(_flights.Awaited());
        _flights.Land(bypassed.InstanceId, Quote(bypassed.InstanceId));
        Assert.Null(_flights.Find(bypassed.InstanceId));
    }

    /// <summary>Else an instance that starts after an outage would publish the answers of its beginning as those of its end.</summary>
    [Fact]
    public async Task A_flight_that_was_bypassed_is_forgotten_soon_after_its_deadline()
    {
        var longer = _flights.Join(Key("MSFT"), _time.GetUtcNow() + TimeSpan.FromSeconds(10), out _);
        var bypassed = Join(Key("AAPL"), out _);
        await _flights.WaitAsync(longer, TimeSpan.Zero, CancellationToken.None);
        await _flights.WaitAsync(bypassed, TimeSpan.Zero, CancellationToken.None);

        _time.Advance(ToDeadline + TimeSpan.FromSeconds(1));
        Assert.Same(bypassed, _flights.Find(bypassed.InstanceId));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_flights.Find(bypassed.InstanceId));
        Assert.Same(longer, _flights.Find(longer.InstanceId));
    }

    [Fact]
    public async Task One_caller_goes_round_the_hub_and_another_waits_on_for_the_instance_that_starts_after_all()
    {
        var flight = Join(Key("AAPL"), out _);
        Join(Key("AAPL"), out _);
        Assert.True((await _flights.WaitAsync(flight, TimeSpan.Zero, CancellationToken.None)).HubIsSlow);
        flight.MarkScheduled();

        Assert.Equal(new FlightWait(null, HubIsSlow: false), await _flights.WaitAsync(flight, TimeSpan.Zero, CancellationToken.None));
    }

    private static FetchOutcome Ok(ProviderId provider) => new() { Provider = provider, Status = FetchStatus.Ok };

    private async Task<PublishedQuote?> Wait(QuoteFlight flight) => (await _flights.WaitAsync(flight, Generous, CancellationToken.None)).Quote;

    private QuoteFlight Join(FlightKey key, out bool begins) => _flights.Join(key, _time.GetUtcNow() + ToDeadline, out begins);

    private static FlightKey Key(string symbol) => new(Symbol.Parse(symbol), ProviderSelection.All, TimeSpan.FromMilliseconds(200));

    private static PublishedQuote Quote(string instanceId) => Samples.Published(Samples.Consolidated("AAPL", 187.21m), instanceId, Samples.Noon);
}
