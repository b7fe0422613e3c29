using FsCheck;
using FsCheck.Fluent;

namespace Quorum.MarketData.Tests;

/// <summary>A quote in another currency: every price times one rate.</summary>
public sealed class CurrencyConversionTests
{
    private static readonly CurrencyCode Euro = CurrencyCode.Parse("EUR"),
        Pound = CurrencyCode.Parse("GBP");
    private static readonly QuoteUnit Euros = QuoteUnit.TryParse("EUR")!.Value,
        Pence = QuoteUnit.TryParse("GBX")!.Value;

    private static readonly ConsolidatedQuote Apple = Quotes.Merge(
        Quotes.Live(187.21m) with
        {
            Bid = 187.20m,
            Ask = 187.23m,
            Open = 185.9m,
            High = 188.02m,
            Low = 185.4m,
            PreviousClose = 185.64m,
            Volume = 48_211_733,
        },
        Quotes.Live(187.21m)
    );

    [Fact]
    public void Every_price_is_multiplied_by_the_rate_and_the_rest_stays()
    {
        var rate = ExchangeRate.Of(CurrencyCode.Usd, Euro, Rate("EURUSD", 1.25m))!;

        var converted = CurrencyConversion.Convert(Apple, Euros, rate)!;

        Assert.Equal(
            (Euro, 149.768m, 149.76m, 149.784m, 148.72m, 150.416m, 148.32m, 148.512m),
            (
                converted.Currency,
                converted.Price,
                converted.Bid,
                converted.Ask,
                converted.Open,
                converted.High,
                converted.Low,
                converted.PreviousClose
            )
        );
        Assert.Equal(
            (1.256m, Apple.ChangePercent, Apple.Volume, Apple.AsOf),
            (converted.Change, converted.ChangePercent, converted.Volume, converted.AsOf)
        );
        Assert.Equal(Apple.Providers, converted.Providers);
        Assert.Equal(
            (CurrencyCode.Usd, "EUR", 0.8m, "EURUSD", Quotes.Now.AddSeconds(-1), "weighted-median"),
            (
                converted.Conversion!.OriginalCurrency,
                converted.Conversion.Unit,
                converted.Conversion.Rate,
                converted.Conversion.Pair.ToString(),
                converted.Conversion.AsOf,
                converted.Conversion.Method
            )
        );
        Assert.Equal(Apple.Price, converted.Conversion.OriginalPrice);
        Assert.Equal([ProviderId.Finnhub, ProviderId.AlphaVantage], converted.Conversion.From);
    }

    [Theory]
    [InlineData(0.5, 0.5)] // as reported: one vendor's rate
    [InlineData(1, 0.75)]
    public void The_confidence_is_no_higher_than_that_of_the_rate(double ofRate, double expected)
    {
        var quote = Apple with { Quality = Apple.Quality with { Confidence = 0.75 } };
        var rate = Rate("EURUSD", 1.25m);
        var ofPair = ExchangeRate.Of(CurrencyCode.Usd, Euro, rate with { Quality = rate.Quality with { Confidence = ofRate } })!;

        Assert.Equal(expected, CurrencyConversion.Convert(quote, Euros, ofPair)!.Quality.Confidence);
        Assert.Equal(
            0.75,
            CurrencyConversion.Convert(quote with { Currency = Pound }, Pence, ExchangeRate.Same(Pound))!.Quality.Confidence
        );
    }

    [Fact]
    public void A_minor_unit_has_its_factor_in_the_rate()
    {
        var fromPounds = CurrencyConversion.Convert(Apple with { Currency = Pound, Price = 0.7438m }, Pence, ExchangeRate.Same(Pound))!;
        var fromDollars = CurrencyConversion.Convert(Apple, Pence, ExchangeRate.Of(CurrencyCode.Usd, Pound, Rate("GBPUSD", 1.25m))!)!;

        Assert.Equal(
            (Pound, 74.38m, 100m, "GBX", null),
            (fromPounds.Currency, fromPounds.Price, fromPounds.Conversion!.Rate, fromPounds.Conversion.Unit, fromPounds.Conversion.Pair)
        );
        Assert.Equal((80m, 14976.8m), (fromDollars.Conversion!.Rate, fromDollars.Price));
    }

    [Fact]
    public void A_rate_of_other_currencies_converts_nothing()
    {
        Assert.Null(CurrencyConversion.Convert(Apple, Euros, ExchangeRate.Same(Euro)));
        Assert.Null(CurrencyConversion.Convert(Apple with { Currency = null }, Euros, ExchangeRate.Same(Euro)));
        Assert.Null(ExchangeRate.Of(CurrencyCode.Usd, Euro, Rate("GBPUSD", 1.25m)));
        Assert.Null(ExchangeRate.Of(CurrencyCode.Usd, Euro, Apple));
        Assert.Null(ExchangeRate.Of(CurrencyCode.Usd, Euro, Rate("EURUSD", null)));
    }

    [Fact]
    public void The_order_of_prices_stays_and_what_is_missing_stays_missing() =>
        Holds(
            from quote in AnyQuote
            from rate in AnyRate
            select (quote, rate),
            drawn =>
            {
                var converted = Convert(drawn.quote, drawn.rate);
                return converted.Bid <= converted.Ask is var ordered
                    && (drawn.quote.Bid is null || drawn.quote.Ask is null || ordered)
                    && (converted.Low is null || converted.High is null || converted.Low <= converted.High)
                    && Missing(converted).SequenceEqual(Missing(drawn.quote));
            }
        );

    [Fact]
    public void Converting_back_gives_the_same_prices() =>
        Holds(
            from quote in AnyQuote
            from rate in AnyRate
            select (quote, rate),
            drawn =>
            {
                var converted = Convert(drawn.quote, drawn.rate);
                return Prices(drawn.quote)
                    .Zip(Prices(converted))
                    .All(pair => pair.Second is null || Math.Round(pair.Second.Value / drawn.rate, 4) == pair.First);
            }
        );

    [Fact]
    public void The_inverse_of_a_rate_has_ten_digits() =>
        Holds(
            AnyRate,
            price =>
            {
                var pair = Rate("EURUSD", price);
                return Math.Abs((ExchangeRate.Of(CurrencyCode.Usd, Euro, pair)!.Rate * pair.Price!.Value) - 1) < 1e-9m;
            }
        );

    [Theory]
    [InlineData("USD", "EUR", "EURUSD")]
    [InlineData("EUR", "USD", "EURUSD")]
    [InlineData("GBP", "EUR", "EURGBP")]
    [InlineData("JPY", "USD", "USDJPY")]
    [InlineData("SEK", "NOK", "NOKSEK")]
    [InlineData("JPY", "ZAR", "ZARJPY")]
    [InlineData("CHF", "CAD", "CADCHF")]
    public void A_pair_is_asked_for_in_the_direction_in_which_the_market_quotes_it(string one, string other, string pair) =>
        Assert.Equal(pair, CurrencyPair.Of(CurrencyCode.Parse(one), CurrencyCode.Parse(other)).Symbol.ToString());

    /// <summary>Prices of a share with up to four decimals, some of them missing.</summary>
    private static Gen<ConsolidatedQuote> AnyQuote =>
        from prices in Gen.Choose(1, 20_000_000).Select(units => units / 10_000m).ArrayOf(6)
        from missing in Gen.Choose(0, 63)
        select Apple with
        {
            Bid = (missing & 1) != 0 ? null : Math.Min(prices[0], prices[1]),
            Ask = (missing & 2) != 0 ? null : Math.Max(prices[0], prices[1]),
            Low = (missing & 4) != 0 ? null : Math.Min(prices[2], prices[3]),
            High = (missing & 8) != 0 ? null : Math.Max(prices[2], prices[3]),
            Open = (missing & 16) != 0 ? null : prices[4],
            PreviousClose = (missing & 32) != 0 ? null : prices[5],
            Change = (missing & 32) != 0 ? null : 1,
            Price = 187.2101m,
        };

    /// <summary>From one to ten thousand million, in rates of up to six digits.</summary>
    private static Gen<decimal> AnyRate =>
        from digits in Gen.Choose(100_000, 999_999)
        from power in Gen.Choose(-9, 4)
        select power < 0 ? digits / Power(-power) : digits * Power(power);

    private static decimal Power(int exponent) => Enumerable.Repeat(10m, exponent).Aggregate(1m, (product, ten) => product * ten);

    private static ConsolidatedQuote Convert(ConsolidatedQuote quote, decimal rate) =>
        CurrencyConversion.Convert(
            quote,
            Euros,
            new ExchangeRate(CurrencyCode.Usd, Euro, rate, CurrencyPair.Of(Euro, CurrencyCode.Usd), null, 0.9, null)
        )!;

    private static decimal?[] Prices(ConsolidatedQuote quote) =>
        [quote.Price, quote.Bid, quote.Ask, quote.Open, quote.High, quote.Low, quote.PreviousClose];

    private static IEnumerable<bool> Missing(ConsolidatedQuote quote) => Prices(quote).Append(quote.Change).Select(price => price is null);

    /// <summary>The consolidated quote of a pair.</summary>
    private static ConsolidatedQuote Rate(string pair, decimal? price)
    {
        var quote = Quotes.Live(price) with { Currency = CurrencyCode.Parse(pair[3..]), RawUnit = pair[3..] };
        return QuoteMerger.Merge(Symbol.Parse(pair), new ReferenceData(), Quotes.From(quote, quote), Quotes.Now);
    }

    private static void Holds<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(Scenario.Arbitrarily(generator), property).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
