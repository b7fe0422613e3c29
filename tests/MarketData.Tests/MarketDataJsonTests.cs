using System.Text.Json;
using System.Text.Json.Nodes;
using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

public sealed class MarketDataJsonTests
{
    private static readonly FetchOutcome Outcome = Ok(
        ProviderId.AlphaVantage,
        Live(187.21m) with
        {
            Bid = 187.2m,
            Volume = long.MaxValue,
            Change = -0.000000000000000000000001m,
            AsOf = Utc.At("2026-11-20 20:59:58.4129137"),
            SingleVenue = true,
            Simulated = true,
            Open = decimal.MaxValue,
            TradingDate = Utc.Day("2026-11-20"),
        }
    ) with
    {
        RetryAfterSeconds = 0.1,
    };

    private static readonly ConsolidatedQuote Quote = Merge([
        Outcome,
        Failed(ProviderId.Massive),
        Ok(ProviderId.Eodhd, Delayed(187)),
        Failed(ProviderId.Alpaca, FetchStatus.NotCovered),
    ]);

    public static TheoryData<string, JsonSerializerOptions> AllOptions =>
        new()
        {
            { "the generated context", MarketDataJson.Default.Options },
            {
                "the generated context with web defaults",
                new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = MarketDataJson.Default }
            },
            {
                "the generated context with general defaults",
                new JsonSerializerOptions { TypeInfoResolver = MarketDataJson.Default }
            },
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

    [Fact]
    public void A_providers_quote_is_written_with_nulls_only_where_the_options_ask_for_them()
    {
        var quote = new ProviderQuote
        {
            Price = 1.50m,
            ReceivedAt = Utc.At("2026-11-20 20:59:58"),
            Currency = CurrencyCode.Usd,
        };

        Assert.Equal(
            """{"price":1.50,"currency":"USD","receivedAt":"2026-11-20T20:59:58Z","freshness":"unknown","stale":false}""",
            JsonSerializer.Serialize(quote, MarketDataJson.Default.ProviderQuote)
        );
        Assert.Equal(
            """{"price":1.50,"bid":null,"ask":null,"open":null,"high":null,"low":null,"previousClose":null,"change":null,"changePercent":null,"volume":null"""
                + ""","currency":"USD","rawPrice":null,"rawUnit":null,"asOf":null,"asOfPrecision":null,"tradingDate":null"""
                + ""","receivedAt":"2026-11-20T20:59:58Z","freshness":"unknown","stale":false,"suspect":null,"session":null}""",
            JsonSerializer.Serialize(quote, JsonSerializerOptions.Web)
        );
        Assert.Equal(quote, Through(quote, JsonSerializerOptions.Web));
    }

    [Fact]
    public void A_providers_quote_is_read_in_any_order_and_unknown_members_are_passed_over()
    {
        var quote = JsonSerializer.Deserialize(
            """{"later":{"a":[1,2]},"receivedAt":"2026-11-20T20:59:58Z","price":2,"asOfPrecision":"minute","bid":1,"freshness":"end-of-day","currency":"GBP"}""",
            MarketDataJson.Default.ProviderQuote
        );

        Assert.Equal(
            new ProviderQuote
            {
                Price = 2,
                Bid = 1,
                ReceivedAt = Utc.At("2026-11-20 20:59:58"),
                AsOfPrecision = AsOfPrecision.Minute,
                Freshness = QuoteFreshness.EndOfDay,
                Currency = CurrencyCode.Parse("GBP"),
            },
            quote
        );
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"receivedAt":"yesterday"}""")]
    [InlineData("""{"receivedAt":"2026-11-20T20:59:58Z","session":"night"}""")]
    [InlineData("""{"receivedAt":"2026-11-20T20:59:58Z","price":"dear"}""")]
    [InlineData("""{"receivedAt":"2026-11-20T20:59:58Z","freshness":"fresh"}""")]
    [InlineData("""{"receivedAt":"2026-11-20T20:59:58Z","tradingDate":"20.11.2026"}""")]
    public void What_is_no_quote_is_no_quote(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, MarketDataJson.Default.ProviderQuote));

    [Fact]
    public void A_stored_quote_in_what_is_no_currency_has_none() =>
        Assert.Null(
            JsonSerializer
                .Deserialize("""{"receivedAt":"2026-11-20T20:59:58Z","currency":"EUX"}""", MarketDataJson.Default.ProviderQuote)!
                .Currency
        );

    [Fact]
    public void The_words_of_a_quote_written_by_hand_are_those_of_its_enumerations()
    {
        foreach (var precision in Enum.GetValues<AsOfPrecision>())
        {
            var json = JsonSerializer.SerializeToNode(Live(1) with { AsOfPrecision = precision }, MarketDataJson.Default.ProviderQuote)!;
            Assert.Equal(JsonSerializer.SerializeToNode(precision)!.ToString(), json["asOfPrecision"]!.ToString());
        }

        foreach (var freshness in Enum.GetValues<QuoteFreshness>())
        {
            var json = JsonSerializer.SerializeToNode(Live(1) with { Freshness = freshness }, MarketDataJson.Default.ProviderQuote)!;
            Assert.Equal(JsonSerializer.SerializeToNode(freshness)!.ToString(), json["freshness"]!.ToString());
        }

        foreach (var session in Enum.GetValues<SessionKind>())
        {
            var json = JsonSerializer.SerializeToNode(Live(1) with { Session = session }, MarketDataJson.Default.ProviderQuote)!;
            Assert.Equal(JsonSerializer.SerializeToNode(session)!.ToString(), json["session"]!.ToString());
            Assert.Equal(session, JsonSerializer.Deserialize(json, MarketDataJson.Default.ProviderQuote)!.Session);
        }
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Merge_options_survive_the_way_through_json(string name, JsonSerializerOptions options)
    {
        Assert.NotEmpty(name);
        var given = new MergeOptions
        {
            Trust = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["alpha-vantage"] = 2.5m },
            OutlierFloorBps = 25,
            StandInMaxAge = TimeSpan.FromHours(1.5),
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
        Assert.Equal(["alpha-vantage"], json["provenance"]!["price"]!["from"]!.AsArray().Select(id => (string?)id));
        Assert.DoesNotContain("null", json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_does_not_exist_is_refused() =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize("""{"provider":"yahoo","status":"ok"}""", MarketDataJson.Default.FetchOutcome)
        );

    private static T Through<T>(T value, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, options), options)!;

    private static string Web<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
