using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteFlightAgreementTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToDeadline = TimeSpan.FromMilliseconds(184);

    private readonly ManualTimeProvider _time = new();
    private readonly QuoteFlights _flights;

    public QuoteFlightAgreementTests() => _flights = new QuoteFlights(_time);

    [Theory]
    [InlineData(0, 0, true, false)]
    [InlineData(2, 0, true, false)]
    [InlineData(3, 0, true, true)]
    [InlineData(3, 3, true, false)]
    [InlineData(6, 3, true, true)]
    [InlineData(6, 5, false, false)]
    public void A_quote_is_published_when_more_agree_than_before_and_a_caller_waits_for_that(
        int agreeing,
        int published,
        bool wantsMore,
        bool wants
    )
    {
        var flight = Join(AskAgree(3), out _);
        Join(AskAgree(5), out _);

        var next = flight.Wanted.NextAfter(published);
        Assert.Equal((wantsMore, wants), (next is not null, next <= agreeing));
    }

    [Fact]
    public async Task Each_caller_is_answered_by_its_own_agree()
    {
        var flight = Join(AskAgree(4), out var first);
        var three = Join(AskAgree(3), out var second);
        Join(AskAgree(3), out var third);
        var all = Join(Ask("AAPL"), out var fourth);
        var waits = new[] { 4, 3, 3 }
            .Select(agree => _flights.WaitAsync(flight, AskAgree(agree), Generous, CancellationToken.None))
            .ToArray();
        var waitForAll = Wait(flight);

        var agreed = Quote(flight.InstanceId) with { Agreeing = 3, Completeness = Completeness.Agreed };
        Assert.True(_flights.Publish(flight.InstanceId, agreed));

        Assert.Equal([FlightRole.Begins, FlightRole.RaisesAgree, FlightRole.Joins, FlightRole.Joins], [first, second, third, fourth]);
        Assert.Same(flight, three);
        Assert.Same(flight, all);
        Assert.Same(agreed, await waits[1]);
        Assert.Same(agreed, await waits[2]);
        Assert.False(waits[0].IsCompleted);
        Assert.False(waitForAll.IsCompleted);

        var complete = Quote(flight.InstanceId);
        Assert.True(_flights.Publish(flight.InstanceId, complete));
        Assert.Same(complete, await waits[0]);
        Assert.Same(complete, await waitForAll);
    }

    [Fact]
    public async Task A_flight_whose_callers_all_had_an_agreed_quote_is_joined_by_those_who_do_not_accept_it()
    {
        var flight = Join(AskAgree(3), out _);
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId) with { Agreeing = 3 });
        Assert.NotNull(await _flights.WaitAsync(flight, AskAgree(3), Generous, CancellationToken.None));

        Assert.Same(flight, Join(Ask("AAPL"), out var all));
        Assert.Same(flight, Join(AskAgree(4), out var four));
        Assert.NotSame(flight, Join(AskAgree(2), out var two));
        Assert.Equal([FlightRole.Joins, FlightRole.RaisesAgree, FlightRole.Begins], [all, four, two]);
        Assert.True(_flights.Publish(flight.InstanceId, Quote(flight.InstanceId)));
        Assert.Null(_flights.Find(flight.InstanceId));
    }

    [Fact]
    public async Task A_flight_without_callers_after_an_agreed_quote_is_removed_after_its_deadline()
    {
        var flight = Join(AskAgree(3), out _);
        _flights.Publish(flight.InstanceId, Quote(flight.InstanceId) with { Agreeing = 3 });
        await _flights.WaitAsync(flight, AskAgree(3), Generous, CancellationToken.None);

        _time.Advance(ToDeadline + TimeSpan.FromMilliseconds(1));
        Assert.NotSame(flight, Join(Ask("AAPL"), out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_flights.Find(flight.InstanceId));
    }

    [Fact]
    public async Task An_agreed_quote_published_before_the_wait_is_not_missed()
    {
        var flight = Join(AskAgree(2), out _);
        Join(Ask("AAPL"), out _);
        var agreed = Quote(flight.InstanceId) with { Agreeing = 3 };
        _flights.Publish(flight.InstanceId, agreed);

        Assert.Same(agreed, await _flights.WaitAsync(flight, AskAgree(2), Generous, CancellationToken.None));
    }

    [Fact]
    public async Task A_quote_that_cannot_be_made_fails_those_who_wait_for_an_agreement_too()
    {
        var flight = Join(AskAgree(2), out _);
        var wait = _flights.WaitAsync(flight, AskAgree(2), Generous, CancellationToken.None);

        _flights.Fail(flight, new InvalidOperationException("no task hub"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => wait);
        Assert.False(await flight.Scheduling);
    }

    private static QuoteRequest AskAgree(int agree) => Ask("AAPL") with { Agree = agree };

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
