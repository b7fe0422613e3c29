using Quorum.MarketData;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

/// <summary>A symbol that a provider does not know costs one call for a while.</summary>
public class UnknownSymbolsTests
{
    private const string Zeros = """{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}""";

    private static Task<FetchOutcome> FetchAsync(FleetUnderTest fleet, ProviderId provider, string ticker, TimeProvider time) =>
        fleet.Fleet.FetchAsync(provider, Listings.Us(provider, ticker), time.GetUtcNow().AddMinutes(1), CancellationToken.None);

    [Fact]
    public async Task A_typo_in_a_loop_costs_one_call_until_its_answer_expires()
    {
        var time = new ManualTimeProvider();
        await using var server = await HttpStandIn.StartAsync(200, Zeros);
        await using var fleet = new FleetUnderTest(time, ("Finnhub:BaseAddress", server.Address));

        var first = await FetchAsync(fleet, ProviderId.Finnhub, "AAPLL", time);
        Assert.Equal((FetchStatus.UnknownSymbol, 1), (first.Status, first.Attempts));
        for (var i = 0; i < 100; i++)
        {
            var again = await FetchAsync(fleet, ProviderId.Finnhub, "AAPLL", time);
            Assert.Equal((FetchStatus.UnknownSymbol, 0), (again.Status, again.Attempts));
            Assert.Contains("asked again from", again.Detail, StringComparison.Ordinal);
        }

        Assert.Single(server.Requests);

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, (await FetchAsync(fleet, ProviderId.Finnhub, "AAPLL", time)).Attempts);
        var status = await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None);
        Assert.Equal(102, status.Outcomes[FetchStatus.UnknownSymbol]);
    }

    [Fact]
    public async Task What_one_provider_does_not_know_is_still_asked_of_the_others_and_other_symbols_of_it()
    {
        var time = new ManualTimeProvider();
        await using var server = await HttpStandIn.StartAsync(200, Zeros);
        await using var fleet = new FleetUnderTest(
            time,
            ("Finnhub:BaseAddress", server.Address),
            ("Alpaca:BaseAddress", server.Address),
            ("Alpaca:Retry:MaxRetries", "0")
        );

        await FetchAsync(fleet, ProviderId.Finnhub, "AAPLL", time);

        Assert.Equal(1, (await FetchAsync(fleet, ProviderId.Finnhub, "AAPL", time)).Attempts);
        Assert.NotEqual(0, (await FetchAsync(fleet, ProviderId.Alpaca, "AAPLL", time)).Attempts);
    }

    [Fact]
    public async Task Batches_and_prefetch_ask_only_for_what_is_not_remembered()
    {
        var time = new ManualTimeProvider();
        await using var server = await HttpStandIn.StartAsync(context =>
            HttpStandIn.WriteAsync(context, 200, context.Request.Query["symbol"] == "GOOD" ? """{"c":7,"pc":1,"t":1750267930}""" : Zeros)
        );
        await using var fleet = new FleetUnderTest(time, ("Finnhub:BaseAddress", server.Address));
        await FetchAsync(fleet, ProviderId.Finnhub, "BAD", time);

        foreach (var purpose in (CallPurpose[])[CallPurpose.Batch, CallPurpose.Prefetch])
        {
            var outcomes = await fleet.Fleet.FetchManyAsync(
                ProviderId.Finnhub,
                [.. ((string[])["BAD", "GOOD", "WORSE"]).Select(ticker => Listings.Us(ProviderId.Finnhub, ticker))],
                time.GetUtcNow().AddMinutes(1),
                purpose,
                CancellationToken.None
            );

            Assert.Equal(
                [FetchStatus.UnknownSymbol, FetchStatus.Ok, FetchStatus.UnknownSymbol],
                outcomes.Select(outcome => outcome.Status)
            );
            Assert.Equal([0, 1, purpose == CallPurpose.Batch ? 1 : 0], outcomes.Select(outcome => outcome.Attempts));
        }
    }

    [Theory]
    [InlineData("00:00:00", 200, Zeros)] // switched off
    [InlineData("00:05:00", 500, "")] // a fault says nothing of the symbol
    [InlineData("00:05:00", 200, """{"c":0,"pc":216,"t":1750267930}""")] // no price is no unknown symbol
    public async Task Nothing_else_is_remembered(string lifetime, int status, string body)
    {
        var time = new ManualTimeProvider();
        await using var server = await HttpStandIn.StartAsync(status, body);
        await using var fleet = new FleetUnderTest(
            time,
            ("Finnhub:BaseAddress", server.Address),
            ("Finnhub:UnknownSymbolLifetime", lifetime),
            ("Finnhub:Retry:MaxRetries", "0")
        );

        await FetchAsync(fleet, ProviderId.Finnhub, "QZX", time);

        Assert.Equal(1, (await FetchAsync(fleet, ProviderId.Finnhub, "QZX", time)).Attempts);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_symbol_of_the_reference_data_is_no_typo_and_is_asked_for_again()
    {
        await using var server = await HttpStandIn.StartAsync(200, Zeros);
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", server.Address));

        await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal(1, (await fleet.FetchAsync(ProviderId.Finnhub)).Attempts);
    }

    [Fact]
    public void The_memory_is_bounded()
    {
        var time = new ManualTimeProvider();
        using var unknown = new UnknownSymbols(ProviderId.Finnhub, TimeSpan.FromMinutes(5), time);
        var outcome = new FetchOutcome { Provider = ProviderId.Finnhub, Status = FetchStatus.UnknownSymbol };
        var listings = Enumerable.Range(0, UnknownSymbols.MaxCount + 500).Select(i => Listings.Us(ProviderId.Finnhub, $"T{i}")).ToList();

        listings.ForEach(listing => unknown.Note(listing, outcome));

        Assert.InRange(listings.Count(listing => unknown.Find(listing) is not null), 1, UnknownSymbols.MaxCount);
    }
}
