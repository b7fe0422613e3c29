using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Quorum.MarketData;
using Quorum.ProviderSimulator;

namespace Quorum.Providers.Tests;

/// <summary>Both sides of the batch endpoints, together.</summary>
public sealed class BatchAtTheSimulatorTests : IAsyncLifetime
{
    private readonly WebApplication _simulator = SimulatorApp.Create("--port", "0", "--scale", "0");
    private HttpClient _admin = null!; // Set before each test.
    private FleetUnderTest _fleet = null!; // Likewise.

    public static TheoryData<string> Providers => Successes.Providers;

    public static TheoryData<string> ProvidersWithBatches => ["twelve-data", "massive", "alpaca", "eodhd"];

    public async Task InitializeAsync()
    {
        await _simulator.StartAsync();
        var address = _simulator.Urls.Single();
        _admin = new HttpClient { BaseAddress = new Uri(address + "/admin/") };
        _fleet = new FleetUnderTest(
            time: null,
            [.. ProviderId.All.SelectMany(provider => Settings(provider, address)), ("TwelveData:Plan", "pro")]
        );
    }

    public async Task DisposeAsync()
    {
        await _fleet.DisposeAsync();
        _admin.Dispose();
        await _simulator.DisposeAsync();
    }

    private static (string Name, string? Value)[] Settings(ProviderId provider, string address)
    {
        var below =
            provider == ProviderId.Finnhub ? "/api/v1/"
            : provider == ProviderId.Eodhd ? "/api/"
            : "/";
        return
        [
            (provider.SettingsName + ":BaseAddress", $"{address}/{provider}{below}"),
            (provider.SettingsName + ":ApiKey", "sim-key"),
            (provider.SettingsName + ":ApiSecret", "sim-secret"),
            (provider.SettingsName + ":CircuitBreaker:Enabled", "false"),
            (provider.SettingsName + ":UnknownSymbolLifetime", "00:00:00"),
        ];
    }

    private static List<ProviderListing> Twenty(ProviderId provider) =>
        [.. Enumerable.Range(1, 20).Select(i => Listings.Us(provider, i is 7 or 13 ? $"NOSUCH{i}" : $"T{i:0000}"))];

    /// <summary>Time for a busy machine, and too little to wait for the end of a quota's minute.</summary>
    private static DateTimeOffset Deadline => DateTimeOffset.UtcNow.AddSeconds(10);

    private Task<IReadOnlyList<FetchOutcome>> FetchAsync(ProviderId provider, List<ProviderListing> listings) =>
        _fleet.Fleet.FetchManyAsync(provider, listings, Deadline, CallPurpose.Batch, CancellationToken.None);

    private async Task FaultAsync(ProviderId provider, JsonObject fault)
    {
        fault["provider"] = provider.ToString();
        using var response = await _admin.PostAsJsonAsync("faults", fault);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<JsonNode> StateAsync(ProviderId provider) =>
        (await _admin.GetFromJsonAsync<JsonObject>(""))!["providers"]![provider.ToString()]!;

    [Theory, MemberData(nameof(Providers))]
    public async Task Known_and_unknown_symbols_have_their_outcomes_in_the_order_given(string provider)
    {
        var id = Successes.Parse(provider);
        var listings = Twenty(id);

        var outcomes = await FetchAsync(id, listings);

        Assert.Equal(
            listings.Select(listing =>
                listing.Symbol.Ticker.StartsWith("NOSUCH", StringComparison.Ordinal) ? FetchStatus.UnknownSymbol : FetchStatus.Ok
            ),
            outcomes.Select(outcome => outcome.Status)
        );

        // Each price is that of its own symbol: the same as when asked for alone.
        for (var i = 0; i < listings.Count; i += 6)
        {
            var alone = await _fleet.Fleet.FetchAsync(id, listings[i], Deadline, CancellationToken.None);
            Assert.Equal((alone.Status, alone.Quote?.PreviousClose), (outcomes[i].Status, outcomes[i].Quote?.PreviousClose));
        }
    }

    [Theory]
    [InlineData("twelve-data", 1, "minute", 20)]
    [InlineData("massive", 1, null, 0)]
    [InlineData("alpaca", 3, "minute", 3)] // two unlisted symbols, taken out one by one
    [InlineData("eodhd", 2, "day", 20)]
    public async Task The_provider_counts_requests_or_symbols(string provider, int requests, string? window, int used)
    {
        var id = Successes.Parse(provider);

        await FetchAsync(id, Twenty(id));

        var state = await StateAsync(id);
        Assert.Equal(requests, (int)state["calls"]!);
        if (window is not null)
        {
            Assert.Equal(used, (int)state["keys"]![0]!["windows"]!.AsArray().Single(one => one!["span"]!.ToString() == window)!["used"]!);
        }
    }

    [Fact]
    public async Task The_London_line_and_the_depositary_receipt_share_a_batch_and_nothing_else()
    {
        foreach (var (id, spelling) in new[] { (ProviderId.Eodhd, "VOD.LSE"), (ProviderId.TwelveData, "VOD:LSE") })
        {
            List<ProviderListing> listings = [Listings.Vodafone(id, spelling, "GBX"), Listings.Us(id, "VOD"), Listings.Aapl(id)];

            var outcomes = await FetchAsync(id, listings);

            Assert.All(outcomes, outcome => Assert.Equal((FetchStatus.Ok, null), (outcome.Status, outcome.Quote!.Suspect)));
            Assert.Equal(["GBP", "USD", "USD"], outcomes.Select(outcome => outcome.Quote!.Currency.ToString()));
            Assert.NotEqual(outcomes[0].Quote!.Price, outcomes[1].Quote!.Price);
            Assert.Equal(outcomes[0].Quote!.RawPrice, outcomes[0].Quote!.Price * 100);
        }
    }

    [Theory, MemberData(nameof(ProvidersWithBatches))]
    public async Task Every_fault_does_what_its_name_says_to_a_batch(string provider)
    {
        var id = Successes.Parse(provider);
        List<ProviderListing> listings = [Listings.Us(id, "AAPL"), Listings.Us(id, "T0001"), Listings.Us(id, "T0002")];
        var good = await FetchAsync(id, listings);
        var forbidden = id == ProviderId.Alpaca ? FetchStatus.InvalidKey : FetchStatus.PlanRestricted;
        var notFound = id == ProviderId.Alpaca ? FetchStatus.MalformedResponse : FetchStatus.UnknownSymbol; // Alpaca's is a page
        var foreign =
            id == ProviderId.TwelveData ? FetchStatus.MalformedResponse // it names the exchange
            : id == ProviderId.Eodhd ? FetchStatus.UnknownSymbol // another code is missing from the batch
            : FetchStatus.Ok;
        (JsonObject Fault, FetchStatus[] Expected)[] faults =
        [
            (new() { ["kind"] = "refused" }, [FetchStatus.Unreachable]),
            (new() { ["kind"] = "slow-headers", ["ms"] = 1 }, [FetchStatus.Ok]),
            (
                new()
                {
                    ["kind"] = "dripped-body",
                    ["bytes"] = 400,
                    ["ms"] = 1,
                },
                [FetchStatus.Ok]
            ),
            (new() { ["kind"] = "reset" }, [FetchStatus.Unreachable, FetchStatus.MalformedResponse]),
            (Status(401), [FetchStatus.InvalidKey]),
            (Status(403), [forbidden]),
            (Status(404), [notFound]),
            (Status(429), [FetchStatus.RateLimited]),
            (
                new()
                {
                    ["kind"] = "status",
                    ["status"] = 429,
                    ["retryAfter"] = "77",
                },
                [FetchStatus.RateLimited]
            ),
            (Status(500), [FetchStatus.ServerError]),
            (Status(503), [FetchStatus.ServerError]),
            (new() { ["kind"] = "html" }, [FetchStatus.MalformedResponse]),
            (new() { ["kind"] = "empty" }, [FetchStatus.MalformedResponse]),
            (new() { ["kind"] = "truncated" }, [FetchStatus.MalformedResponse]),
            (new() { ["kind"] = "oversized" }, [FetchStatus.MalformedResponse]),
            (new() { ["kind"] = "drift", ["drift"] = "renamed" }, [FetchStatus.NoPrice, FetchStatus.UnknownSymbol]),
            (new() { ["kind"] = "drift", ["drift"] = "retyped" }, [FetchStatus.MalformedResponse]),
            (new() { ["kind"] = "drift", ["drift"] = "swapped" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "stale", ["seconds"] = 864_000 }, [FetchStatus.Ok]),
            (new() { ["kind"] = "frozen" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "wrong-price", ["factor"] = 2 }, [FetchStatus.Ok]),
            (new() { ["kind"] = "no-unit" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "split-morning", ["factor"] = 10 }, [FetchStatus.Ok]),
            (new() { ["kind"] = "time-unit", ["unit"] = "microseconds" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "block-page" }, [FetchStatus.Unreachable]),
            (new() { ["kind"] = "stuck" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "doubled-price" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "float-noise" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "crossed-book" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "stub-book" }, [FetchStatus.Ok]),
            (new() { ["kind"] = "foreign-listing" }, [foreign]),
            (
                new()
                {
                    ["kind"] = "wrong-currency",
                    ["currency"] = "EUR",
                    ["factor"] = 2,
                },
                [FetchStatus.Ok]
            ),
        ];

        foreach (var (fault, expected) in faults)
        {
            var name = fault.ToJsonString();
            await FaultAsync(id, fault);
            var outcomes = await FetchAsync(id, listings);
            await _admin.DeleteAsync("faults");

            Assert.All(outcomes, outcome => Assert.True(expected.Contains(outcome.Status), $"{name}: {outcome.Status}, {outcome.Detail}"));
            for (var i = 0; i < listings.Count; i++)
            {
                AssertBent(name, fault, good[i].Quote!, outcomes[i]);
            }
        }
    }

    private static JsonObject Status(int status) => new() { ["kind"] = "status", ["status"] = status };

    private static void AssertBent(string name, JsonObject fault, ProviderQuote good, FetchOutcome outcome)
    {
        switch (fault["kind"]!.ToString())
        {
            case "status" when fault["retryAfter"] is not null:
                Assert.Equal(77, outcome.RetryAfterSeconds);
                break;
            case "stale":
                Assert.True(outcome.Quote!.Stale, name);
                Assert.True(good.AsOf - outcome.Quote.AsOf > TimeSpan.FromDays(9), name);
                break;
            case "wrong-price":
                Assert.InRange(outcome.Quote!.Price!.Value / good.Price!.Value, 1.9m, 2.1m);
                break;
            case "wrong-currency":
                Assert.InRange(outcome.Quote!.Price!.Value / good.Price!.Value, 1.9m, 2.1m);
                Assert.Equal(outcome.Provider == ProviderId.TwelveData ? "EUR" : "USD", outcome.Quote.Currency.ToString());
                Assert.Equal(outcome.Provider == ProviderId.TwelveData, outcome.Quote.Suspect is not null);
                break;
        }
    }

    [Fact]
    public async Task Credits_that_suffice_for_a_part_of_the_batch_give_quotes_for_that_part()
    {
        var id = ProviderId.TwelveData;
        await _admin.PostAsJsonAsync(
            "quotas",
            new
            {
                provider = "twelve-data",
                limits = new[]
                {
                    new
                    {
                        span = "minute",
                        limit = 2,
                        kind = "calendar",
                        unit = "symbol",
                    },
                },
            }
        );
        await FaultAsync(id, new JsonObject { ["kind"] = "shape", ["shape"] = "batch-partial-limit" });

        var outcomes = await FetchAsync(id, [Listings.Us(id, "AAPL"), Listings.Us(id, "T0001"), Listings.Us(id, "T0002")]);

        Assert.Equal([FetchStatus.Ok, FetchStatus.Ok, FetchStatus.RateLimited], outcomes.Select(outcome => outcome.Status));
        Assert.NotNull(outcomes[2].RetryAfterSeconds);
    }

    [Fact]
    public async Task A_listing_outside_of_the_plan_does_not_take_the_others_with_it()
    {
        var id = ProviderId.Eodhd;
        await FaultAsync(
            id,
            new JsonObject
            {
                ["kind"] = "shape",
                ["shape"] = "forbidden",
                ["symbol"] = "T0001.US",
            }
        );

        var outcomes = await FetchAsync(id, [Listings.Us(id, "AAPL"), Listings.Us(id, "T0001"), Listings.Us(id, "T0002")]);

        Assert.Equal([FetchStatus.Ok, FetchStatus.PlanRestricted, FetchStatus.Ok], outcomes.Select(outcome => outcome.Status));
    }
}
