using static Quorum.MarketData.Tests.RawSamples;

namespace Quorum.MarketData.Tests;

public sealed class SuspectQuoteTests
{
    public static TheoryData<RawQuote, string> Suspicious =>
        new()
        {
            { Raw with { AsOf = Now.AddMinutes(6) }, "Its time is in the future." },
            { Raw with { AsOf = null, TradingDate = Utc.Day("2025-06-19") }, "Its time is in the future." },
            { Raw with { Unit = "EUR" }, "Its currency is EUR, not USD." },
            { Raw with { Unit = "Bananas for scale", Volume = -1 }, "unit-unknown Its volume is negative." },
            { Raw with { High = 213, Low = 214 }, "Its high is below its low." },
            { Raw with { Price = 230, PriceIsOfBar = true }, "Its price lies outside the range of its own bar." },
            { Raw with { Price = 200, PriceIsOfBar = true }, "Its price lies outside the range of its own bar." },
            { Raw with { Volume = -1 }, "Its volume is negative." },
            { Raw with { Price = 21429 }, "Its price is not of the order of its previous close." },
            { Raw with { Price = 2.1429m }, "Its price is not of the order of its previous close." },
            { Raw with { High = 213, Low = 214, Volume = -1 }, "Its high is below its low. Its volume is negative." },
        };

    [Theory]
    [MemberData(nameof(Suspicious))]
    public void A_quote_that_cannot_be_true_is_kept_and_says_why(RawQuote raw, string reason)
    {
        var quote = QuoteNormalizer.Normalize(raw, Apple, Now);

        Assert.Equal(reason, quote.Suspect);
        Assert.NotNull(quote.Price);
        Assert.True(quote.Volume is null or > 0);
    }

    public static TheoryData<RawQuote> Unusual =>
        new()
        {
            Raw with
            {
                Price = 217,
            }, // above the day's high: odd lots and extended hours
            Raw with
            {
                Price = 213,
            },
            Raw with
            {
                AsOf = Now.AddMinutes(4),
            }, // clocks differ
            Raw with
            {
                Price = 430,
            }, // doubled in a day
            Raw with
            {
                PreviousClose = 50 * 214.29m,
            }, // a split of 50 for 1
            Raw with
            {
                Bid = 214.4m,
            }, // crossed for a moment
            Raw with
            {
                Unit = "USD",
            },
        };

    [Theory]
    [MemberData(nameof(Unusual))]
    public void A_quote_that_is_merely_unusual_is_not_suspect(RawQuote raw) =>
        Assert.Null(QuoteNormalizer.Normalize(raw, Apple, Now).Suspect);
}
