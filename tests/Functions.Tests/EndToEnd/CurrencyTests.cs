using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Pairs of currencies, and quotes in another currency, on a Wednesday morning in New York.</summary>
public sealed class CurrencyTests : IAsyncLifetime
{
    private const string Patient = "budget=10000&maxAge=0";

    private static readonly DateTimeOffset Morning = new(2026, 11, 25, 15, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!; // Set before each test.
    private RunningSimulator _simulator = null!;
    private HeldProviders _providers = null!;
    private RunningApp _app = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        await _simulator.SetClockAsync(Morning);
        _providers = await HeldProviders.StartAsync(_simulator.Address);
        _app = await RunningApp.StartAsync(
            _database,
            _providers.Address,
            new ShiftedTimeProvider(Morning - DateTimeOffset.UtcNow),
            "Providers:AlphaVantage:Plan=realtime"
        );
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _providers.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("quotes/EURUSD")]
    [InlineData("quotes/eurusd")]
    [InlineData("quotes/EUR%2FUSD")]
    [InlineData("quotes/EURUSD=X")]
    public async Task A_pair_of_currencies_has_a_quote_of_five_providers(string path)
    {
        var answer = await _app.GetAsync($"{path}?{Patient}");

        Assert.Equal((HttpStatusCode.OK, "complete"), (answer.Status, answer.Value("completeness")));
        Assert.Equal(
            ["finnhub: ok", "alpha-vantage: ok", "twelve-data: ok", "massive: ok", "alpaca: not-covered", "eodhd: ok"],
            answer.Outcomes()
        );
        Assert.Equal(
            ("EURUSD", "EUR/USD", "USD", "regular", null, null),
            (
                answer.Value("symbol"),
                answer.Value("name"),
                answer.Value("currency"),
                answer.Value("session"),
                answer.Value("venue"),
                answer.Value("volume")
            )
        );
        Assert.True(Number(answer, "bid") <= Number(answer, "ask"));
        Assert.InRange(Number(answer, "price"), 1.0m, 1.3m);
        Assert.True(Number(answer, "price") == Math.Round(Number(answer, "price"), 6));
    }

    [Fact]
    public async Task Pairs_are_coherent()
    {
        var answer = await _app.GetAsync($"quotes?symbols=GBPUSD,EURGBP,EURUSD&{Patient}");

        var prices = Items(answer).Select(item => (decimal)item["price"]!).ToArray();
        Assert.InRange(prices[0] * prices[1] / prices[2], 0.999m, 1.001m);
    }

    [Fact]
    public async Task Prices_are_converted_by_the_rate_that_the_answer_names()
    {
        var answer = await _app.GetAsync($"quotes/AAPL?currency=EUR&{Patient}");
        var original = await _app.GetAsync("quotes/AAPL?maxAge=3600");
        var rate = await _app.GetAsync("quotes/EURUSD?maxAge=3600");

        Assert.Equal((HttpStatusCode.OK, "EUR"), (answer.Status, answer.Value("currency")));
        var factor = Number(answer, "conversion", "rate");
        Assert.InRange(factor * Number(rate, "price"), 0.9999999m, 1.0000001m);
        foreach (var field in (string[])["price", "bid", "ask", "open", "high", "low", "previousClose"])
        {
            Assert.InRange(Number(answer, field) - (Number(original, field) * factor), -0.0005m, 0.0005m);
        }

        Assert.Equal(original.Value("changePercent"), answer.Value("changePercent"));
        Assert.Equal(original.Value("volume"), answer.Value("volume"));
        Assert.Equal(
            ("USD", "EUR", "EURUSD", rate.Value("asOf"), rate.Value("provenance", "price", "method")),
            (
                answer.Value("conversion", "originalCurrency"),
                answer.Value("conversion", "unit"),
                answer.Value("conversion", "pair"),
                answer.Value("conversion", "asOf"),
                answer.Value("conversion", "method")
            )
        );
        Assert.Equal(Number(original, "price"), Number(answer, "conversion", "originalPrice"));
        Assert.Equal(rate.Json["provenance"]!["price"]!["from"]!.ToJsonString(), answer.Json["conversion"]!["from"]!.ToJsonString());
        Assert.Equal("USD", answer.Provider("finnhub")["quote"]!["currency"]!.ToString());
        Assert.Equal(original.Value("instanceId"), answer.Value("instanceId"));
        Assert.NotEqual(original.Header("ETag"), answer.Header("ETag"));
        Assert.Equal(6, await _simulator.CountCallsAsync("AAPL"));
        Assert.Equal(
            HttpStatusCode.NotModified,
            (await _app.GetAsync("quotes/AAPL?currency=EUR&maxAge=3600", ("If-None-Match", answer.Header("ETag")!))).Status
        );
    }

    [Fact]
    public async Task Minor_units_are_converted_too()
    {
        var pence = await _app.GetAsync($"quotes/VOD:XLON?currency=gbx&{Patient}");
        var pounds = await _app.GetAsync("quotes/VOD:XLON?maxAge=3600");
        var cents = await _app.GetAsync("quotes/VOD:XLON?currency=ZAc&maxAge=3600");

        Assert.Equal(("GBX", "GBP"), (pence.Value("currency"), pounds.Value("currency")));
        Assert.Equal(Number(pounds, "price") * 100, Number(pence, "price"));
        Assert.Equal(("100", null), (pence.Value("conversion", "rate"), pence.Value("conversion", "pair")));
        Assert.Equal(("ZAC", "GBPZAR"), (cents.Value("currency"), cents.Value("conversion", "pair")));
        Assert.InRange(Number(cents, "price") / Number(pounds, "price"), 1_500m, 3_500m);
    }

    [Fact]
    public async Task The_currency_of_the_quote_changes_nothing()
    {
        var plain = await _app.GetAsync($"quotes/AAPL?{Patient}");
        var calls = await _simulator.CountCallsAsync();

        var same = await _app.GetAsync("quotes/AAPL?currency=usd&maxAge=3600");

        Assert.Equal((plain.Header("ETag"), null), (same.Header("ETag"), same.Value("conversion")));
        Assert.Equal(calls, await _simulator.CountCallsAsync());
    }

    [Theory]
    [InlineData("alpaca", "AAPL")] // has no currencies
    [InlineData("finnhub", "MSFT")] // does not answer
    public async Task Without_a_rate_the_quote_is_in_its_own_currency_with_a_warning(string provider, string symbol)
    {
        await _simulator.FailAsync(
            new
            {
                provider = "finnhub",
                kind = "refused",
                symbol = "EUR",
            }
        );

        var answer = await _app.GetAsync($"quotes/{symbol}?providers={provider}&currency=EUR&{Patient}");

        Assert.Equal((HttpStatusCode.OK, "USD", null), (answer.Status, answer.Value("currency"), answer.Value("conversion")));
        Assert.Contains("currency-unavailable", Warnings(answer.Json));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task A_rate_that_is_less_certain_than_the_caller_accepts_is_none()
    {
        var answer = await _app.GetAsync($"quotes/AAPL?providers=alpaca,finnhub&currency=EUR&minConfidence=0.7&{Patient}");

        Assert.Equal((HttpStatusCode.OK, "USD"), (answer.Status, answer.Value("currency")));
        Assert.Contains("currency-unavailable", Warnings(answer.Json));
    }

    [Theory]
    [InlineData("XYZ")]
    [InlineData("gbp")] // pounds or pence
    [InlineData("EURO")]
    [InlineData("")]
    public async Task An_unknown_currency_is_refused_before_a_provider_is_asked(string code)
    {
        var before = await _simulator.CountCallsAsync();

        var one = await _app.GetAsync($"quotes/AAPL?currency={code}");
        var many = await _app.GetAsync($"quotes?symbols=AAPL,MSFT&currency={code}");

        Assert.All([one, many], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.Status));
        Assert.Equal("currency", one.Json["errors"]![0]!["parameter"]!.ToString());
        Assert.Equal(before, await _simulator.CountCallsAsync());
    }

    [Fact]
    public async Task Many_quotes_are_converted_by_one_rate_that_is_asked_for_once()
    {
        var answer = await _app.GetAsync($"quotes?symbols=T0801,T0802,VOD:XLON,EURUSD,SAP:XETR,NOSUCH&currency=EUR&{Patient}");

        var items = Items(answer);
        Assert.Equal(["EUR", "EUR", "EUR", "EUR", "EUR"], items.Take(5).Select(item => item["currency"]?.ToString()));
        Assert.Equal("urn:quorum:problem:unknown-symbol", items[5]["type"]!.ToString());
        Assert.Equal(["EURUSD", "EURUSD", "EURGBP", "EURUSD", null], items.Take(5).Select(item => item["conversion"]?["pair"]?.ToString()));
        Assert.Equal(1m, (decimal)items[3]["price"]!, 3);
        Assert.Single(items.Take(2).Select(item => item["conversion"]!["rate"]!.ToString()).Distinct());
        Assert.Equal(2, await _simulator.CountCallsAsync("EUR/USD")); // Alpha Vantage and Twelve Data, as for the item
    }

    [Fact]
    public async Task With_agree_both_the_quote_and_the_rate_are_answered_when_enough_agree()
    {
        _ = _providers.HoldAsync("eodhd");

        var answer = await _app.GetAsync($"quotes/T0803?currency=EUR&agree=3&{Patient}");

        Assert.Equal(("EUR", "agreed"), (answer.Value("currency"), answer.Value("completeness")));
        Assert.Equal("pending", answer.Provider("eodhd")["outcome"]!.ToString());
        Assert.Equal("EURUSD", answer.Value("conversion", "pair"));
        Assert.True(answer.Json["conversion"]!["from"]!.AsArray().Count >= 3);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task The_quote_of_an_instance_is_converted_when_the_caller_comes_back()
    {
        var started = await _app.GetAsync($"quotes/T0804?{Patient}");

        await _database.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0804')");
        var answer = await _app.GetAsync($"quotes/T0804?instance={started.Value("instanceId")}&currency=CHF&budget=10000");

        Assert.Equal(("CHF", "USDCHF"), (answer.Value("currency"), answer.Value("conversion", "pair")));
    }

    private static decimal Number(Answer answer, params string[] path) =>
        decimal.Parse(answer.Value(path) ?? throw new InvalidOperationException(answer.Text), CultureInfo.InvariantCulture);

    private static JsonNode[] Items(Answer answer) => [.. answer.Json["items"]!.AsArray().Select(item => item!)];

    private static IEnumerable<string> Warnings(JsonNode quote) =>
        quote["quality"]!["warnings"]!.AsArray().Select(word => word!.ToString());
}
