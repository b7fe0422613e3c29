using System.Collections;
using Quorum.DevHost.Settings;

namespace Quorum.DevHost.Tests;

public sealed class AppSettingsTests
{
    private const string Postgres = "Host=127.0.0.1;Port=5;Database=quorum";
    private const string Storage = "UseDevelopmentStorage=true";
    private const string Simulator = "http://127.0.0.1:9";

    [Fact]
    public void Bare_environment_gets_everything()
    {
        var settings = AppSettings.Compose(Given(), port: 7071, Postgres, Storage, Simulator);

        Assert.Equal("7071", settings["FUNCTIONS_HTTP_PORT"]);
        Assert.Equal("Development", settings["AZURE_FUNCTIONS_ENVIRONMENT"]);
        Assert.Equal(Postgres, settings["ConnectionStrings__Quorum"]);
        Assert.Equal(Storage, settings["AzureWebJobsStorage"]);
        Assert.Equal("http://127.0.0.1:9/finnhub/api/v1/", settings["Providers__Finnhub__BaseAddress"]);
        Assert.Equal("http://127.0.0.1:9/eodhd/api/", settings["Providers__Eodhd__BaseAddress"]);
        Assert.Equal("sim-key", settings["Providers__Alpaca__ApiKey"]);
        Assert.Equal("sim-secret", settings["Providers__Alpaca__ApiSecret"]);
    }

    [Fact]
    public void Provider_with_an_address_in_the_environment_is_left_alone()
    {
        var given = Given(("Providers__Finnhub__BaseAddress", "http://127.0.0.1:8/"));

        Assert.DoesNotContain("Finnhub", SimulatedProviders.Of(given));
        Assert.DoesNotContain(
            AppSettings.Compose(given, port: 7071, Postgres, Storage, Simulator).Keys, name => name.Contains("Finnhub", StringComparison.Ordinal));
    }

    [Fact]
    public void Key_in_the_environment_wins_with_the_simulator_too()
    {
        var given = Given(("Providers__Massive__ApiKey", "sim-restricted"));

        var settings = AppSettings.Compose(given, port: 7071, Postgres, Storage, Simulator);

        Assert.DoesNotContain("Providers__Massive__ApiKey", settings.Keys);
        Assert.Contains("Providers__Massive__BaseAddress", settings.Keys);
    }

    [Fact]
    public void Environment_of_the_app_that_is_given_stays() =>
        Assert.DoesNotContain(
            "AZURE_FUNCTIONS_ENVIRONMENT", AppSettings.Compose(Given(("DOTNET_ENVIRONMENT", "Production")), 7071, Postgres, Storage, Simulator).Keys);

    [Theory]
    [InlineData("ConnectionStrings__Quorum")]
    [InlineData("connectionstrings__quorum")]
    [InlineData("ConnectionStrings:Quorum")]
    public void Names_are_those_of_configuration(string name) =>
        Assert.Equal("given", Given((name, "given")).Find("ConnectionStrings__Quorum"));

    [Fact]
    public void Empty_variable_gives_nothing() => Assert.False(Given(("ConnectionStrings__Quorum", "")).Has("ConnectionStrings__Quorum"));

    private static GivenSettings Given(params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach (var (name, value) in variables)
            environment[name] = value;
        return new GivenSettings(environment);
    }
}
