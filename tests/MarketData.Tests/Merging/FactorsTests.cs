using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>N22: values that differ by a factor are never averaged.</summary>
public sealed class FactorsTests
{
    private static readonly ReferenceData Vodafone = new()
    {
        Instrument = new Instrument
        {
            Symbol = Symbol.Parse("VOD:XLON"),
            Name = "Vodafone Group",
            Venue = Mic.Parse("XLON"),
            Currency = CurrencyCode.Parse("GBP"),
        },
    };

    [Fact]
    public void N22_A_quote_a_hundredth_of_the_price_is_suspect()
    {
        // VOD:XLON as reported: Finnhub 75.63 pence, EODHD 0.7563, taken for pence.
        var quote = MergeVodafone(Ok(ProviderId.Finnhub, Pence(75.63m, Live(null))), Ok(ProviderId.Eodhd, Pence(0.7563m, Delayed(1))));

        Assert.Equal((0.7563m, ProviderQuote.UnitFactor, 0d), (quote.Price, quote.Providers[1].Quote!.Suspect, quote.Quality.SpreadBps));
        Assert.Equal((1, QuoteWarnings.UnitFactor), (quote.Quality.ProvidersUsed, Assert.Single(quote.Quality.Warnings)));
        Assert.InRange(quote.Quality.Confidence, 0, 0.5);
        Assert.Null(quote.Providers[0].Quote!.Suspect);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.001)]
    [InlineData(100)]
    [InlineData(1000)]
    public void N22_A_quote_in_another_unit_is_suspect_among_those_of_its_class(decimal factor)
    {
        var quote = Merge(Live(100), Live(100.02m), Live(100.9m * factor), Live(100.01m), Live(100));

        Assert.Equal((factor < 1 ? 100 : 100.01m, ProviderQuote.UnitFactor), (quote.Price, quote.Providers[2].Quote!.Suspect));
        Assert.Empty(quote.Quality.Outliers);
        Assert.Equal([QuoteWarnings.UnitFactor], quote.Quality.Warnings);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0.001)]
    public void N22_A_lone_live_quote_that_differs_by_a_unit_from_the_stored_ones_is_suspect(decimal factor)
    {
        var stored = ProviderId
            .All.Skip(1)
            .Select(provider => new StoredQuote(provider, Live(209.66m) with { ReceivedAt = Now.AddMinutes(-1) }));

        var quote = Merge(
            [Ok(ProviderId.Finnhub, Live(209.7m * factor)), .. ProviderId.All.Skip(1).Select(id => Failed(id))],
            Reference with
            {
                LastKnown = [.. stored],
            }
        );

        Assert.Equal(
            (209.66m, ProviderQuote.UnitFactor, Completeness.Stale),
            (quote.Price, quote.Providers[0].Quote!.Suspect, quote.Completeness)
        );
        Assert.InRange(quote.Quality.Confidence, 0, 0.5);
    }

    [Fact]
    public void N22_Of_two_fresh_prices_that_differ_by_a_unit_slower_ones_decide()
    {
        var (wrong, right) = (Live(10_000) with { AsOf = Now }, Live(100));

        Assert.Equal(100, Merge(wrong, right, Delayed(100.1m)).Price);
        Assert.Equal(10_000, Merge(wrong, right).Price); // nothing tells which one is wrong
        Assert.Equal(0.5, Merge(wrong, right).Quality.Confidence);
    }

    [Fact]
    public void N22_A_previous_close_from_before_a_split_is_dropped_when_another_vendor_contradicts_it()
    {
        // A split morning as reported: previous close 120.8 (Finnhub) and 1208 (Massive), price 121.
        var quote = Merge([
            Ok(ProviderId.Finnhub, Live(121) with { PreviousClose = 120.8m }),
            Ok(ProviderId.Massive, Live(121) with { PreviousClose = 1208 }),
        ]);

        Assert.Equal((120.8m, 0.2m, 0.1656m), (quote.PreviousClose, quote.Change, quote.ChangePercent));
        Assert.Equal([QuoteWarnings.PossibleSplit], quote.Quality.Warnings);
        Assert.Equal(["previousClose: split-ratio (massive)"], quote.Quality.Repaired);
        Assert.Equal(ProviderId.Finnhub, Assert.Single(quote.Provenance["previousClose"].From));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(20)]
    [InlineData(25)]
    [InlineData(50)]
    [InlineData(1.5)]
    [InlineData(1.25)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.04)]
    public void N22_Every_usual_split_is_known_for_every_price_of_the_day(decimal ratio)
    {
        var fits = Live(120) with { PreviousClose = 119, Open = 119.5m, High = 121, Low = 119 };
        var old = Live(120) with { PreviousClose = 119 * ratio, Open = 119.5m * ratio, High = 121 * ratio, Low = 119 * ratio };

        foreach (var quote in new[] { Merge(fits, old), Merge(old, fits), Merge(old, fits, old) })
        {
            Assert.Equal((119m, 119.5m, 121m, 119m), (quote.PreviousClose, quote.Open, quote.High, quote.Low));
            Assert.Contains(QuoteWarnings.PossibleSplit, quote.Quality.Warnings);
        }
    }

    [Fact]
    public void N22_A_previous_close_without_contradiction_is_kept_with_a_warning()
    {
        var quote = Merge(Live(121) with { PreviousClose = 1208 }, Live(121));

        Assert.Equal((1208m, QuoteWarnings.PossibleSplit), (quote.PreviousClose, Assert.Single(quote.Quality.Warnings)));
    }

    [Fact]
    public void N22_Prices_that_differ_by_a_split_are_not_averaged()
    {
        var quote = Merge(Live(121), Live(1210));

        Assert.True(quote.Price is 121 or 1210);
        Assert.Equal([QuoteWarnings.Contradicted, QuoteWarnings.PossibleSplit], quote.Quality.Warnings);
    }

    [Fact]
    public void N22_A_quote_that_was_marked_in_an_earlier_merge_is_judged_again() =>
        Assert.Null(Merge(Live(100) with { Suspect = ProviderQuote.UnitFactor }, Live(100)).Providers[0].Quote!.Suspect);

    private static ConsolidatedQuote MergeVodafone(params FetchOutcome[] outcomes) =>
        QuoteMerger.Merge(Symbol.Parse("VOD:XLON"), Vodafone, outcomes, Now);

    private static ProviderQuote Pence(decimal raw, ProviderQuote quote) =>
        quote with
        {
            Price = raw / 100,
            RawPrice = raw,
            RawUnit = "GBX",
            Currency = CurrencyCode.Parse("GBP"),
        };
}
