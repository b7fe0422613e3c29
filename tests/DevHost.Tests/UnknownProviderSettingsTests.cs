using System.Collections;
using Quorum.DevHost.Settings;
using Quorum.Providers;

namespace Quorum.DevHost.Tests;

public sealed class UnknownProviderSettingsTests
{
    [Theory]
    [InlineData("Providers__Finhub__ApiKey", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("Providers:Finhub:ApiKey", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("PROVIDERS__FINHUB__APIKEY", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("Providers__alpha-vantage__ApiKey", "Did you mean Providers__AlphaVantage__ApiKey?")]
    [InlineData("Providers__Finnhub__ApyKey", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("Providers__Finnhub__Api_Key", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("Providers__Eodhd__Quota__PerMinutes", "Did you mean Providers__Eodhd__Quota__PerMinute?")]
    [InlineData("Provider__Finnhub__ApiKey", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("PROVIDERS_FINNHUB_APIKEY", "Did you mean Providers__Finnhub__ApiKey?")]
    [InlineData("Providers__Finnhub", "its key is Providers__Finnhub__ApiKey.")]
    [InlineData("Providers__Finnhub__Token", "its key is Providers__Finnhub__ApiKey.")]
    [InlineData("Providers__Yahoo__ApiKey", "The id must be one of Finnhub, AlphaVantage, TwelveData, Massive, Alpaca, Eodhd.")]
    public void Unknown_setting_is_named_with_the_right_one(string name, string remedy)
    {
        var warning = Assert.Single(UnknownProviderSettings.Warnings(Given(name)));

        Assert.StartsWith("Warning: unknown setting ", warning, StringComparison.Ordinal);
        Assert.Contains("(ignored). ", warning, StringComparison.Ordinal);
        Assert.EndsWith(remedy, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-value", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Providers__Finnhub__ApiKey")]
    [InlineData("PROVIDERS__FINNHUB__APIKEY")]
    [InlineData("Providers:Alpaca:ApiSecret")]
    [InlineData("Providers__Eodhd__Quota__PerMinute")]
    [InlineData("FINNHUB_API_KEY")]
    [InlineData("PROVIDER")]
    [InlineData("PROVIDER_CONFIG_FILE")]
    [InlineData("Quorum__Quotes__Agree")]
    public void Known_settings_and_those_of_other_programs_are_not_named(string name) =>
        Assert.Empty(UnknownProviderSettings.Warnings(Given(name)));

    [Fact]
    public void Known_settings_are_those_of_the_app() =>
        Assert.Equal(
            Paths(typeof(ProviderOptions)).Order(StringComparer.Ordinal),
            UnknownProviderSettings.Known.Order(StringComparer.Ordinal)
        );

    private static IEnumerable<string> Paths(Type options) =>
        options
            .GetProperties()
            .SelectMany(property =>
                property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
                    ? Paths(property.PropertyType).Select(path => $"{property.Name}__{path}")
                    : [property.Name]
            );

    private static GivenSettings Given(string name) => new(new Hashtable { [name] = "hidden-value" });
}
