using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>The meaning of confidence, with the example of docs/design.md.</summary>
public sealed class ConfidenceTests
{
    [Fact]
    public void The_word_of_one_vendor_is_a_half()
    {
        Assert.Equal(0.5, Of(Live(187.21m)));
        Assert.Equal(0.5, Of(Live(187.21m), Live(195)));
        Assert.Equal(0.5, Of(Live(187.21m), Live(187.21m), Live(195)));
        Assert.Equal(0.5, Of(Live(187.21m), Live(187.21m), Live(187.21m), Live(195)));
    }

    [Fact]
    public void Each_fresh_quote_that_agrees_halves_the_doubt()
    {
        Assert.Equal(0.75, Of(Live(100), Live(100)));
        Assert.Equal(0.875, Of(Live(100), Live(100), Live(100)));
        Assert.Equal(0.938, Of(Live(100), Live(100), Live(100), Live(100)));
        Assert.Equal(0.984, Of([.. Enumerable.Repeat(Live(100), 6)]));
    }

    [Fact]
    public void The_example_of_the_documentation() =>
        Assert.Equal(
            (0.955, 0.5),
            (
                Of(Live(187.20m), Live(187.21m), Live(187.21m), Live(187.22m), Delayed(187.20m)),
                Of(Live(187.20m), Live(187.21m), Live(187.21m), Live(195), Delayed(187.20m))
            )
        );

    [Fact]
    public void Five_quotes_bear_one_that_disagrees_and_six_as_well()
    {
        Assert.Equal(0.844, Of(Live(100), Live(100), Live(100), Live(100), Live(103)));
        Assert.Equal(0.872, Of(Live(100), Live(100), Live(100), Live(100), Live(100), Live(103)));
        Assert.Equal(0.5, Of(Live(100), Live(100), Live(100), Live(100), Live(103), Live(103)));
    }

    [Fact]
    public void Distance_costs_as_many_supporters_as_it_is_tolerances_wide()
    {
        Assert.Equal(0.751, Of(Live(100), Live(100.5m), Live(100.2m)), tolerance: 0.002); // 3 - 1
        Assert.True(Of(Live(100), Live(100.1m)) > Of(Live(100), Live(100.2m)));
    }

    [Fact]
    public void A_lone_fresh_quote_has_at_most_six_tenths_whatever_slower_ones_say()
    {
        Assert.Equal(0.6, Of(Live(100), Delayed(100), Delayed(100), Delayed(100)));
        Assert.Equal(0.6, Of(Live(100), Delayed(100)), tolerance: 0.05);
    }

    [Fact]
    public void Slower_classes_are_worth_less()
    {
        double[] growing = [Of(Live(100) with { Stale = true }), Of(EndOfDay(100)), Of(Delayed(100)), Of(Live(100))];

        Assert.Equal([0.25, 0.4, 0.45, 0.5], growing);
        Assert.True(Of([.. Enumerable.Repeat(Live(100) with { Stale = true }, 6)]) <= 0.5);
    }

    [Fact]
    public void Each_suspect_quote_takes_a_tenth() =>
        Assert.Equal(0.788, Of(Live(100), Live(100), Live(100), Live(100) with { Suspect = "Its volume is negative." }), tolerance: 0.001);

    [Fact]
    public void A_slower_quote_takes_a_tenth_only_if_it_is_in_another_unit() =>
        Assert.Equal(
            (0.788, 0.875),
            (Of(Live(100), Live(100), Live(100), Delayed(10_000)), Of(Live(100), Live(100), Live(100), Delayed(130)))
        );

    private static double Of(params ProviderQuote[] quotes) => Merge(quotes).Quality.Confidence;
}
