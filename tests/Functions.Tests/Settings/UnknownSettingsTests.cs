using Microsoft.Extensions.Configuration;
using Quorum.Functions.Quotes;
using Quorum.Functions.Settings;
using Quorum.Providers;

namespace Quorum.Functions.Tests.Settings;

public sealed class UnknownSettingsTests
{
    private static readonly SettingsSection[] Sections =
    [
        new("Quorum:Quotes", typeof(QuoteOptions)),
        new("Providers:Finnhub", typeof(ProviderOptions)),
    ];

    [Theory]
    [InlineData("Quorum:Quotes:FanInReserve", "Quorum:Quotes:FanInReserve")]
    [InlineData("Quorum:Quotes:Merge:OutlierFloor", "Quorum:Quotes:Merge:OutlierFloor")]
    [InlineData("Quorum:Qoutes:FanInReserveMs", "Quorum:Qoutes")]
    [InlineData("Providers:Finhub:ApiKey", "Providers:Finhub")]
    [InlineData("Providers:Finnhub:Quota:PerHour", "Providers:Finnhub:Quota:PerHour")]
    public void An_unknown_setting_is_named(string key, string named) => Assert.Equal([named], Find(key));

    [Theory]
    [InlineData("Quorum:Quotes:FanInReserveMs")]
    [InlineData("QUORUM:QUOTES:FANINRESERVEMS")]
    [InlineData("Quorum:Quotes:Merge:Trust:alpha-vantage")]
    [InlineData("Providers:Finnhub:Quota:PerMinute")]
    [InlineData("Logging:LogLevel:Default")]
    public void Others_are_not(string key) => Assert.Empty(Find(key));

    private static IEnumerable<string> Find(string key) =>
        UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)"1")]).Build(), Sections);
}
