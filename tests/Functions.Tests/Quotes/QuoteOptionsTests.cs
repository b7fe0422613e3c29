using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteOptionsTests
{
    [Fact]
    public void Without_settings_there_are_defaults_and_no_rules_of_merging_travel_with_each_request()
    {
        var options = Bind();

        Assert.Equal(16, options.FanInReserveMs);
        Assert.Null(options.Merge);
    }

    [Fact]
    public void The_rules_of_merging_come_from_configuration()
    {
        var options = Bind(("Merge:Trust:alpha-vantage", "0.5"), ("Merge:OutlierFloorBps", "25"), ("Merge:StandInMaxAge", "12:00:00"));

        Assert.Equal(0.5m, options.Merge!.Trust["alpha-vantage"]);
        Assert.Equal(25, options.Merge.OutlierFloorBps);
        Assert.Equal(TimeSpan.FromHours(12), options.Merge.StandInMaxAge);
    }

    [Theory]
    [InlineData("AlphaVantage")]
    [InlineData("ALPHAVANTAGE")]
    [InlineData("alpha-vantage")]
    public void A_trusted_provider_is_named_as_in_its_own_settings_or_as_in_the_api(string name) =>
        Assert.Equal(0.5m, Bind(("Merge:Trust:" + name, "0.5")).Merge!.Trust["alpha-vantage"]);

    [Theory]
    [InlineData("FanInReserveMs", "0")]
    [InlineData("AnswerReserveMs", "-1")]
    [InlineData("StoredAnswerMs", "0")]
    [InlineData("QuotesAtHand", "-1")]
    [InlineData("AnswerReserveMs", "16")]
    public void A_setting_out_of_range_is_refused_by_name(string setting, string value) =>
        Assert.Contains(setting, Assert.Throws<OptionsValidationException>(() => Bind((setting, value))).Message, StringComparison.Ordinal);

    private static QuoteOptions Bind(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create($"{QuoteOptions.Section}:{setting.Name}", (string?)setting.Value))
            )
            .Build();
        using var services = new ServiceCollection().AddQuotes(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<QuoteOptions>>().Value;
    }
}
