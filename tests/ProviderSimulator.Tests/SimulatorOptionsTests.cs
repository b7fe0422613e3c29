namespace Quorum.ProviderSimulator.Tests;

public sealed class SimulatorOptionsTests
{
    [Fact]
    public void Without_arguments_it_trades_always_on_paid_plans_with_quotas_and_real_latencies()
    {
        var options = SimulatorOptions.Parse([]);

        Assert.Equal((0, 1UL, 1d, true), (options.Port, options.Seed, options.Scale, options.EnforceQuotas));
        Assert.Equal((Plan.Paid, TradingHours.Always), (options.Plan, options.Hours));
        Assert.Empty(options.Keys);
    }

    [Fact]
    public void Each_argument_sets_its_option_and_the_last_of_a_name_wins()
    {
        string[] args =
        [
            "--port",
            "65535",
            "--seed",
            "18446744073709551615",
            "--scale",
            "0.5",
            "--plans",
            "Free",
            "--market",
            "venue",
            "--quotas",
            "off",
            "--seed",
            "7",
        ];

        var options = SimulatorOptions.Parse(args);

        Assert.Equal((65_535, 7UL, 0.5, false), (options.Port, options.Seed, options.Scale, options.EnforceQuotas));
        Assert.Equal((Plan.Free, TradingHours.Venue), (options.Plan, options.Hours));
    }

    [Theory]
    [InlineData("finnhub=K", "K", null)]
    [InlineData("Alpaca=K:S", "K", "S")]
    [InlineData("alpaca=K:S:T=U", "K", "S:T=U")]
    [InlineData("massive=K==", "K==", null)]
    public void A_key_has_its_provider_before_it_and_its_secret_behind_it(string value, string key, string? secret)
    {
        var one = Assert.Single(SimulatorOptions.Parse(["--key", value]).Keys);

        Assert.Equal((key, secret), (one.Key, one.Secret));
        Assert.StartsWith(one.Provider.Name(), value, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("--plans", "1")]
    [InlineData("--plans", "7")]
    [InlineData("--plans", "free,paid")]
    [InlineData("--market", "5")]
    [InlineData("--market", "")]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "one")]
    [InlineData("--scale", "NaN")]
    [InlineData("--scale", "1000.1")]
    [InlineData("--port", "-1")]
    [InlineData("--quotas", "yes")]
    [InlineData("--key", "finnhub=")]
    [InlineData("--key", "finnhub")]
    [InlineData("-port", "1")]
    [InlineData("--PORT", "1")]
    public void A_value_beyond_its_range_is_refused_by_its_name(string name, string value) =>
        Assert.StartsWith(
            $"{name} {value} is unknown or invalid.\nSix market-data providers",
            Assert.Throws<FormatException>(() => SimulatorOptions.Parse([name, value])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_name_at_the_end_needs_a_value() =>
        Assert.StartsWith(
            "--market needs a value.",
            Assert.Throws<FormatException>(() => SimulatorOptions.Parse(["--port", "0", "--market"])).Message,
            StringComparison.Ordinal
        );
}
