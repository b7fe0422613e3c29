namespace Quorum.ProviderSimulator.Tests;

public sealed class FaultSwitchTests
{
    private readonly Quorum.Testing.Time.ManualTimeProvider _clock = new(SimulatorServer.Start);
    private readonly FaultSwitch _faults;

    public FaultSwitchTests() => _faults = new FaultSwitch(_clock, _clock, 1);

    [Theory]
    [InlineData("AAPL", "AAPL", true)]
    [InlineData("AAPL", "aapl", true)]
    [InlineData("AAPL", "MSFT,AAPL", true)]
    [InlineData("AAPL", "AAPL.US", false)]
    [InlineData("AAPL", "", false)]
    [InlineData("AAPL", null, false)]
    [InlineData(null, null, true)]
    public void A_fault_for_a_symbol_hits_calls_that_name_it_in_any_case(string? symbol, string? asked, bool hit)
    {
        _faults.Add(new Fault(FaultKind.Empty, Symbol: symbol));

        Assert.Equal(hit, _faults.Next(Provider.Eodhd, asked).Empty);
    }

    [Fact]
    public void A_star_is_every_provider()
    {
        _faults.Add(new Fault(FaultKind.Empty, Provider: "*"));

        Assert.All(ProviderNames.All, provider => Assert.True(_faults.Next(provider, "AAPL").Empty));
    }

    [Fact]
    public void Factors_multiply_and_delays_add_up_and_of_two_statuses_the_later_wins()
    {
        _faults.Add(new Fault(FaultKind.WrongPrice, Factor: 2));
        _faults.Add(new Fault(FaultKind.WrongCurrency, Factor: 0.25m, Currency: "JPY"));
        _faults.Add(new Fault(FaultKind.SlowHeaders, Ms: 30));
        _faults.Add(new Fault(FaultKind.SlowHeaders, Ms: 12));
        _faults.Add(new Fault(FaultKind.Status, Status: 500));
        _faults.Add(new Fault(FaultKind.Status, Status: 429));

        var plan = _faults.Next(Provider.Alpaca, "AAPL");

        Assert.Equal((0.5m, "JPY", 42, 429), (plan.Factor, plan.Currency, plan.HeaderDelayMs, plan.Status?.Status));
        Assert.Equal("wrong-price+wrong-currency+slow-headers+slow-headers+status+status", plan.Name);
    }

    [Fact]
    public void A_call_that_a_fault_does_not_hit_costs_none_of_its_count()
    {
        _faults.Add(new Fault(FaultKind.Empty, Provider: "finnhub", Symbol: "AAPL", Count: 1));

        _faults.Next(Provider.Massive, "AAPL");
        _faults.Next(Provider.Finnhub, "MSFT");

        Assert.Equal(1, Assert.Single(_faults.All).Count);
        Assert.True(_faults.Next(Provider.Finnhub, "AAPL").Empty);
        Assert.False(_faults.Next(Provider.Finnhub, "AAPL").Empty);
    }

    [Fact]
    public void Many_calls_at_once_meet_a_fault_exactly_as_often_as_it_counts()
    {
        _faults.Add(new Fault(FaultKind.Empty, Count: 100));
        var hit = 0;

        Parallel.For(0, 1_000, _ => Interlocked.Add(ref hit, _faults.Next(Provider.Finnhub, "AAPL").Empty ? 1 : 0));

        Assert.Equal(100, hit);
    }

    [Fact]
    public void A_fault_for_a_time_ends_with_real_time_and_not_with_the_simulated_clock()
    {
        var simulated = new SimulatedClock(_clock);
        var faults = new FaultSwitch(_clock, simulated, 1);
        faults.Add(new Fault(FaultKind.Empty, ForSeconds: 0.5));

        simulated.Advance(TimeSpan.FromHours(1));
        Assert.True(faults.Next(Provider.Finnhub, null).Empty);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(faults.Next(Provider.Finnhub, null).Empty);
        Assert.Empty(faults.All);
    }

    [Fact]
    public void After_a_reset_a_probability_hits_the_same_calls_again()
    {
        List<bool> Draws()
        {
            _faults.Add(new Fault(FaultKind.Empty, Probability: 0.5));
            return [.. Enumerable.Range(0, 50).Select(_ => _faults.Next(Provider.Finnhub, null).Empty)];
        }

        var first = Draws();
        _faults.Reset();

        Assert.Equal(first, Draws());
        Assert.Contains(true, first);
        Assert.Contains(false, first);
    }

    [Fact]
    public void Ids_are_never_used_twice()
    {
        var first = _faults.Add(new Fault(FaultKind.Empty));
        _faults.Remove(_ => true);

        Assert.NotEqual(first.Id, _faults.Add(new Fault(FaultKind.Html)).Id);
        Assert.Equal(0, _faults.Remove(fault => fault.Id == first.Id));
    }
}
