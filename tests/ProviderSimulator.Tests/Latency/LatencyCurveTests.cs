namespace Quorum.ProviderSimulator.Tests;

public sealed class LatencyCurveTests
{
    [Theory]
    [InlineData(100, 0.5, 0, 100)]
    [InlineData(100, 0.5, 1, 164.872)]
    [InlineData(100, 0.5, -1, 60.653)]
    [InlineData(100, 0, 3, 100)]
    [InlineData(100, 0.5, 9, 400)]
    [InlineData(0, 0.5, 9, 0)]
    public void It_is_lognormal_up_to_its_cap(double median, double sigma, double gaussian, double expected) =>
        Assert.Equal(expected, new LatencyCurve(median, sigma).At(gaussian), precision: 3);

    [Fact]
    public void The_drawn_latencies_have_the_mean_and_the_spread_of_their_logarithm()
    {
        var model = new LatencyModel(3, 1) { [Provider.Massive] = new LatencyCurve(80, 0.5, 100_000) };
        var logarithms = Enumerable.Range(0, 40_000).Select(_ => Math.Log(model.NextMs(Provider.Massive))).ToList();

        var mean = logarithms.Average();
        var deviation = Math.Sqrt(logarithms.Average(value => (value - mean) * (value - mean)));

        Assert.InRange(mean, Math.Log(80) - 0.01, Math.Log(80) + 0.01);
        Assert.InRange(deviation, 0.49, 0.51);
    }

    [Fact]
    public void Two_seeds_and_two_providers_draw_differently_and_a_reset_begins_anew()
    {
        var (one, other) = (new LatencyModel(1, 1), new LatencyModel(2, 1));
        var first = Draw(one, Provider.Alpaca);
        Assert.NotEqual(first, Draw(other, Provider.Alpaca));
        Assert.NotEqual(first, Draw(one, Provider.Eodhd));
        one[Provider.Alpaca] = new LatencyCurve(1, 0);

        one.Reset(1);

        Assert.Equal(first, Draw(one, Provider.Alpaca));
    }

    private static List<double> Draw(LatencyModel model, Provider provider) =>
        [.. Enumerable.Range(0, 20).Select(_ => model.NextMs(provider))];
}
