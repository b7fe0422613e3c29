using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public class FetchManyTests
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddMinutes(5);

    private static Task<IReadOnlyList<FetchOutcome>> FetchAsync(FleetUnderTest fleet, ProviderId provider, params string[] tickers) =>
        fleet.Fleet.FetchManyAsync(
            provider,
            [.. tickers.Select(ticker => Listings.Us(provider, ticker))],
            Later,
            CallPurpose.Batch,
            CancellationToken.None
        );

    private static string[] Tickers(int count) => [.. Enumerable.Range(1, count).Select(i => $"T{i}")];

    [Fact]
    public async Task Without_batches_each_listing_is_asked_for_alone_and_outcomes_keep_the_order()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
            HttpStandIn.WriteAsync(context, 200, $$"""{"c":{{context.Request.Query["symbol"].ToString()[1..]}},"pc":1,"t":1750267930}""")
        );
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Finnhub, Tickers(40));

        Assert.Equal(Enumerable.Range(1, 40).Select(i => (decimal?)i), outcomes.Select(outcome => outcome.Quote?.Price));
        Assert.Equal(40, server.Requests.Count);
    }

    [Fact]
    public async Task With_batches_they_share_requests_and_outcomes_keep_the_order()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
            HttpStandIn.WriteAsync(context, 200, AlpacaMap(Asked(context.Request.Query["symbols"])))
        );
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Alpaca, Tickers(250));

        Assert.Equal(Enumerable.Range(1, 250).Select(i => (decimal?)i), outcomes.Select(outcome => outcome.Quote?.Price));
        Assert.Equal([50, 100, 100], server.Requests.Select(request => request.Count(character => character == ',') + 1).Order());
        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal(
                    (ProviderId.Alpaca, FetchStatus.Ok, 1, null),
                    (outcome.Provider, outcome.Status, outcome.Attempts, outcome.Detail)
                )
        );
    }

    /// <summary>Permits are at hand, and a batch costs one: what the ledger has counted since changes nothing.</summary>
    [Fact]
    public async Task A_batch_that_costs_one_call_does_not_wait_for_the_ledger()
    {
        var time = new ManualTimeProvider();
        var ledger = new HangingLedger(new LocalQuotaLedger(time));
        await using var server = await HttpStandIn.StartAsync(context =>
            HttpStandIn.WriteAsync(context, 200, AlpacaMap(Asked(context.Request.Query["symbols"])))
        );
        await using var fleet = new FleetUnderTest(time, ledger, ("Alpaca:BaseAddress", server.Address), ("Alpaca:Quota:PerMinute", "200"));
        Assert.All(await FetchAsync("T1", "T2"), outcome => Assert.Equal(FetchStatus.Ok, outcome.Status));
        ledger.Hang();
        time.Advance(TimeSpan.FromSeconds(2)); // its last answer is old

        try
        {
            Assert.All(await FetchAsync("T1", "T2").WithinAsync(), outcome => Assert.Equal(FetchStatus.Ok, outcome.Status));
        }
        finally
        {
            ledger.Continue();
        }

        Task<IReadOnlyList<FetchOutcome>> FetchAsync(params string[] tickers) =>
            fleet.Fleet.FetchManyAsync(
                ProviderId.Alpaca,
                [.. tickers.Select(ticker => Listings.Us(ProviderId.Alpaca, ticker))],
                time.GetUtcNow().AddMinutes(5),
                CallPurpose.Interactive,
                CancellationToken.None
            );
    }

    [Fact]
    public async Task One_listing_is_asked_for_alone_also_where_there_are_batches()
    {
        await using var server = await HttpStandIn.StartAsync(200, Successes.Of(ProviderId.Massive));
        await using var fleet = new FleetUnderTest(time: null, ("Massive:BaseAddress", server.Address));

        Assert.Equal(214.29m, Assert.Single(await FetchAsync(fleet, ProviderId.Massive, "AAPL")).Quote!.Price);
        Assert.Equal("/v2/snapshot/locale/us/markets/stocks/tickers/AAPL", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task A_symbol_that_spoils_the_batch_is_taken_out_and_the_rest_asked_again()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            var asked = Asked(context.Request.Query["symbols"]);
            return asked.FirstOrDefault(symbol => symbol.StartsWith("BAD", StringComparison.Ordinal)) is { } bad
                ? HttpStandIn.WriteAsync(context, 400, $$"""{"message":"code=400, message=invalid symbol: {{bad}}"}""")
                : HttpStandIn.WriteAsync(context, 200, AlpacaMap(asked));
        });
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Alpaca, "T1", "BAD1", "T2", "BAD2", "T3");

        Assert.Equal(
            [
                (FetchStatus.Ok, 1),
                (FetchStatus.UnknownSymbol, null),
                (FetchStatus.Ok, 2),
                (FetchStatus.UnknownSymbol, null),
                (FetchStatus.Ok, (decimal?)3),
            ],
            outcomes.Select(outcome => (outcome.Status, outcome.Quote?.Price))
        );
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_blames_the_same_symbol_again_and_again_is_not_asked_without_end()
    {
        await using var server = await HttpStandIn.StartAsync(400, """{"message":"code=400, message=invalid symbol: T2"}""");
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Alpaca, "T1", "T2", "T3");

        Assert.All(outcomes, outcome => Assert.Equal(FetchStatus.UnknownSymbol, outcome.Status));
        Assert.Equal(4, server.Requests.Count); // all, all but T2, and the other two alone
    }

    [Fact]
    public async Task A_batch_that_is_spoilt_for_an_unnamed_symbol_is_asked_one_by_one()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
            context.Request.Query.ContainsKey("s") || context.Request.Path.Value!.Contains("PAID", StringComparison.Ordinal)
                ? HttpStandIn.WriteAsync(context, 403, "Forbidden. Please contact support@eodhistoricaldata.com")
                : HttpStandIn.WriteAsync(
                    context,
                    200,
                    $$"""{"code":"{{context.Request.Path.Value!.Split('/')[^1]}}","timestamp":1750266900,"close":7}"""
                )
        );
        await using var fleet = new FleetUnderTest(time: null, ("Eodhd:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Eodhd, "T1", "PAID", "T2");

        Assert.Equal([FetchStatus.Ok, FetchStatus.PlanRestricted, FetchStatus.Ok], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_batch_is_tried_again_as_a_single_call_is()
    {
        var calls = 0;
        await using var server = await HttpStandIn.StartAsync(context =>
            Interlocked.Increment(ref calls) == 1
                ? HttpStandIn.WriteAsync(context, 502, "")
                : HttpStandIn.WriteAsync(context, 200, AlpacaMap(Asked(context.Request.Query["symbols"])))
        );
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address));

        var outcomes = await FetchAsync(fleet, ProviderId.Alpaca, "T1", "T2");

        Assert.All(outcomes, outcome => Assert.Equal((FetchStatus.Ok, 2), (outcome.Status, outcome.Attempts)));
    }

    [Fact]
    public async Task Each_quote_of_a_batch_of_a_simulator_is_marked()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
            HttpStandIn.WriteAsync(context, 200, AlpacaMap(Asked(context.Request.Query["symbols"])))
        );
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address), ("Alpaca:Simulated", "true"));

        var outcomes = await FetchAsync(fleet, ProviderId.Alpaca, "T1", "T2");

        Assert.Equal([true, true], outcomes.Select(outcome => outcome.Quote?.Simulated));
    }

    [Fact]
    public async Task A_batch_left_behind_at_its_deadline_keeps_each_of_its_quotes()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, AlpacaMap(["T1", "T2"]));
        });
        await using var fleet = new FleetUnderTest(time, ("Alpaca:BaseAddress", server.Address));

        var fetching = fleet.Fleet.FetchManyAsync(
            ProviderId.Alpaca,
            [.. new[] { "T1", "GONE", "T2" }.Select(ticker => Listings.Us(ProviderId.Alpaca, ticker))],
            time.GetUtcNow().AddMilliseconds(200),
            CallPurpose.Batch,
            CancellationToken.None
        );
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.All(await fetching.WithinAsync(), outcome => Assert.Equal((FetchStatus.TimedOut, 1), (outcome.Status, outcome.Attempts)));
        gate.SetResult();
        foreach (var expected in new[] { ("T1", 1m), ("T2", 2m) })
        {
            var (listing, quote) = await fleet.Late.NextAsync();
            Assert.Equal(expected, (listing.Symbol.ToString(), quote.Price));
        }
    }

    [Fact]
    public async Task A_disabled_provider_is_not_asked_and_nothing_needs_no_request()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = new FleetUnderTest(time: null, ("Alpaca:BaseAddress", server.Address), ("Eodhd:Enabled", "false"));

        Assert.Equal(
            [FetchStatus.Disabled, FetchStatus.Disabled],
            (await FetchAsync(fleet, ProviderId.Eodhd, "T1", "T2")).Select(outcome => outcome.Status)
        );
        Assert.Empty(await FetchAsync(fleet, ProviderId.Alpaca));
        Assert.Empty(server.Requests);
    }

    private static string[] Asked(string? symbols) => symbols!.Split(',');

    private static string AlpacaMap(string[] symbols) =>
        "{"
        + string.Join(
            ',',
            symbols.Select(symbol =>
                $$$"""
                    "{{{symbol}}}":{"latestTrade":{"t":"2025-06-18T17:32:10Z","p":{{{symbol[1..]}}}}}
                    """
            )
        )
        + "}";

    /// <summary>A ledger that, for a while, does not answer.</summary>
    private sealed class HangingLedger(IQuotaLedger ledger) : IQuotaLedger
    {
        private TaskCompletionSource _answers = Answering();

        public void Hang() => _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Continue() => _answers.SetResult();

        public async Task<QuotaAnswer> ExchangeAsync(QuotaExchange exchange, CancellationToken cancellationToken)
        {
            await _answers.Task.WaitAsync(cancellationToken);
            return await ledger.ExchangeAsync(exchange, cancellationToken);
        }

        private static TaskCompletionSource Answering()
        {
            var answering = new TaskCompletionSource();
            answering.SetResult();
            return answering;
        }
    }
}
