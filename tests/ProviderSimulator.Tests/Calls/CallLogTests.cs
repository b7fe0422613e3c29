namespace Quorum.ProviderSimulator.Tests;

public sealed class CallLogTests
{
    private readonly CallLog _log = new();

    [Fact]
    public void Beyond_its_capacity_it_keeps_the_newest_calls_and_counts_all()
    {
        for (var call = 0; call < CallLog.Capacity + 10; call++)
        {
            Add(Provider.Finnhub, CallOutcome.Ok);
        }

        var kept = _log.Last(int.MaxValue, _ => true);
        Assert.Equal((11, CallLog.Capacity + 10), (kept[0].Number, kept[^1].Number));
        Assert.Equal(CallLog.Capacity, kept.Count);
        Assert.Equal(CallLog.Capacity + 10, _log.Count(Provider.Finnhub, CallOutcome.Ok));
    }

    [Fact]
    public void A_limit_keeps_the_newest_that_match_oldest_first()
    {
        Add(Provider.Finnhub, CallOutcome.Ok);
        Add(Provider.Massive, CallOutcome.Ok);
        Add(Provider.Finnhub, CallOutcome.Ok);
        Add(Provider.Finnhub, CallOutcome.Fault);

        Assert.Equal([3L, 4L], _log.Last(2, call => call.Provider == Provider.Finnhub).Select(call => call.Number));
        Assert.Empty(_log.Last(0, _ => true));
    }

    [Fact]
    public void Clearing_begins_the_numbers_anew()
    {
        Add(Provider.Eodhd, CallOutcome.RateLimited, KeyStanding.Exhausted);
        _log.Clear();
        Assert.Equal((0, 0), (_log.Count(Provider.Eodhd, CallOutcome.RateLimited), _log.Count(Provider.Eodhd, KeyStanding.Exhausted)));

        Add(Provider.Eodhd, CallOutcome.Ok);

        Assert.Equal(1, Assert.Single(_log.Last(10, _ => true)).Number);
    }

    private void Add(Provider provider, CallOutcome outcome, KeyStanding standing = KeyStanding.Good) =>
        _log.Add(new LoggedCall(0, SimulatorServer.Start, provider, "AAPL", "sim-key", 200, outcome, null, 0), standing);
}
