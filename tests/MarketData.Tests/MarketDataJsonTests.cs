using System.Text.Json;
using System.Text.Json.Nodes;
using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

public sealed class MarketDataJsonTests
{
    private static readonly FetchOutcome Outcome = Ok(ProviderId.AlphaVantage, Live(187.21m) with
    {
        Bid = 187.2m, Volume = long.MaxValue, Change = -0.000000000000000000000001m, AsOf = Utc.At("2026-11-20 20:59:58.4129137"), SingleVenue = true,
        Open = decimal.MaxValue, TradingDate = Utc.Day("2026-11-20"),
    }) with { RetryAfterSeconds = 0.1 };

    private static readonly ConsolidatedQuote Quote = Merge([
        Outcome, Failed(ProviderId.Massive), Ok(ProviderId.Eodhd, Delayed(187)), Failed(ProviderId.Alpaca, FetchStatus.NotCovered),
    ]);

    public static TheoryData<string, JsonSerializerOptions> AllOptions => new()
    {
        { "the generated context", MarketDataJson.Default.Options },
        { "the generated context with web defaults", new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = MarketDataJson.Default } },
        { "the generated context with general defaults", new JsonSerializerOptions { TypeInfoResolver = MarketDataJson.Default } },
        { "reflection with web defaults", JsonSerializerOptions.Web },
        { "reflection with general defaults", JsonSerializerOptions.Default },
    };

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Values_survive_the_way_through_json_exactly(string name, JsonSerializerOptions options)
    {
        Assert.NotEmpty(name);
        Assert.Equal(Outcome, Through(Outcome, options));

        var back = Through(Quote, options);
        Assert.Equal(Web(Quote), Web(back));
        Assert.Equal(Quote.Providers, back.Providers);
        Assert.Equal((Quote.Price, Quote.AsOf, Quote.Symbol, Quote.Venue), (back.Price, back.AsOf, back.Symbol, back.Venue));

        var reference = new ReferenceData { Instrument = Apple, LastKnown = [new(ProviderId.Eodhd, Live(99))] };
        Assert.Equal(reference.LastKnown, Through(reference, options).LastKnown);
        Assert.Equal(reference.Instrument, Through(reference, options).Instrument);
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Merge_options_survive_the_way_through_json(string name, JsonSerializerOptions options)
    {
        Assert.NotEmpty(name);
        var given = new MergeOptions
        {
            Trust = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["alpha-vantage"] = 2.5m }, OutlierFloorBps = 25, StandInMaxAge = TimeSpan.FromHours(1.5),
        };

        var back = Through(given, options);

        Assert.Equal(given with { Trust = back.Trust }, back);
        Assert.Equal(2.5m, back.Trust["alpha-vantage"]);
    }

    [Fact]
    public void Merge_options_left_out_of_json_are_the_defaults()
    {
        var options = JsonSerializer.Deserialize("{}", MarketDataJson.Default.MergeOptions)!;

        Assert.Equal(new MergeOptions { Trust = options.Trust }, options);
        Assert.Empty(options.Trust);
        Assert.Empty(JsonSerializer.Deserialize("{}", MarketDataJson.Default.ReferenceData)!.LastKnown);
    }

    [Fact]
    public void What_is_stored_has_camel_case_names_the_apis_words_and_no_nulls()
    {
        var json = JsonNode.Parse(JsonSerializer.Serialize(Quote, MarketDataJson.Default.ConsolidatedQuote))!;

        Assert.Equal("partial", (string?)json["completeness"]);
        Assert.Equal("AAPL", (string?)json["symbol"]);
        Assert.Equal("XNAS", (string?)json["venue"]);
        Assert.Equal("alpha-vantage", (string?)json["providers"]![0]!["id"]);
        Assert.Equal("real-time", (string?)json["providers"]![0]!["quote"]!["freshness"]);
        Assert.Equal("2026-11-20T20:59:58.4129137Z", (string?)json["providers"]![0]!["quote"]!["asOf"]);
        Assert.Equal("timed-out", (string?)json["providers"]![1]!["outcome"]);
        Assert.Equal(["alpha-vantage", "eodhd"], json["provenance"]!["price"]!["from"]!.AsArray().Select(id => (string?)id));
        Assert.DoesNotContain("null", json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_does_not_exist_is_refused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"provider":"yahoo","status":"ok"}""", MarketDataJson.Default.FetchOutcome));

    private static T Through<T>(T value, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, options), options)!;

    private static string Web<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
