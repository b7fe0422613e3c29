namespace Quorum.ProviderSimulator.Tests;

public sealed class LatencyTests
{
    private const int Draws = 40_000;

    [Theory]
    [InlineData("finnhub", 25, 60)]
    [InlineData("alpha-vantage", 40, 95)]
    [InlineData("twelve-data", 60, 135)]
    [InlineData("massive", 80, 170)]
    [InlineData("alpaca", 110, 190)]
    [InlineData("eodhd", 140, 190)]
    public void Waits_have_the_median_of_their_provider_and_a_bounded_tail(string provider, double median, double tail)
    {
        var waits = Sorted(new LatencyModel(1, 1), provider);

        Assert.InRange(waits[Draws / 2], median * 0.98, median * 1.02);
        Assert.InRange(waits[Draws * 99 / 100], median * 1.2, tail);
        Assert.True(waits[^1] <= LatencyCurve.DefaultCapMs && waits[0] > 0);
    }

    [Fact]
    public void Scale_stretches_every_wait_and_0_makes_none()
    {
        Assert.InRange(Sorted(new LatencyModel(1, 2), "finnhub")[Draws / 2], 49, 51);
        Assert.All(Sorted(new LatencyModel(1, 0), "finnhub"), wait => Assert.Equal(0, wait));
    }

    [Fact]
    public void The_nth_wait_of_a_provider_does_not_depend_on_the_others()
    {
        var (alone, mixed) = (new LatencyModel(5, 1), new LatencyModel(5, 1));
        for (var call = 0; call < 100; call++)
        {
            mixed.NextMs(Provider.Massive);
            Assert.Equal(alone.NextMs(Provider.Eodhd), mixed.NextMs(Provider.Eodhd));
        }
    }

    [Fact]
    public async Task A_call_is_held_for_its_wait()
    {
        await using var server = await SimulatorServer.StartAsync();
        await server.OrderAsync("/latency", """{"scale":1,"providers":{"finnhub":{"medianMs":50,"sigma":0}}}""");

        var asking = server.FinnhubAsync("AAPL");
        await server.Clock.WhenArmedAsync();
        Assert.False(asking.IsCompleted);
        server.Clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(200, (await asking).Status);
    }

    private static double[] Sorted(LatencyModel model, string name)
    {
        Assert.True(ProviderNames.TryParse(name, out var provider));
        var waits = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            waits[i] = model.NextMs(provider);
        }

        Array.Sort(waits);
        return waits;
    }
}
