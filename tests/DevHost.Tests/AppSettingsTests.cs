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
        var settings = Compose(Given());

        Assert.Equal("7071", settings["FUNCTIONS_HTTP_PORT"]);
        Assert.Equal("Development", settings["AZURE_FUNCTIONS_ENVIRONMENT"]);
        Assert.Equal(Postgres, settings["ConnectionStrings__Quorum"]);
        Assert.Equal(Storage, settings["AzureWebJobsStorage"]);
        Assert.Equal("http://127.0.0.1:9/finnhub/api/v1/", settings["Providers__Finnhub__BaseAddress"]);
        Assert.Equal("http://127.0.0.1:9/eodhd/api/", settings["Providers__Eodhd__BaseAddress"]);
        Assert.Equal("true", settings["Providers__Alpaca__Simulated"]);
        Assert.Equal("sim-key", settings["Providers__Alpaca__ApiKey"]);
        Assert.Equal("sim-secret", settings["Providers__Alpaca__ApiSecret"]);
    }

    [Theory]
    [InlineData("Providers__Finnhub__BaseAddress", "http://127.0.0.1:8/")]
    [InlineData("Providers__Finnhub__ApiKey", "a-real-key")]
    public void Real_provider_is_left_alone_and_the_others_are_disabled(string name, string value)
    {
        var given = Given((name, value));
        var roles = ProviderRoles.Of(given, simulateMissing: false);

        Assert.Equal(["Finnhub"], roles.Real);
        Assert.Empty(roles.Simulated);
        Assert.Equal(["AlphaVantage", "TwelveData", "Massive", "Alpaca", "Eodhd"], roles.Disabled);
        Assert.DoesNotContain(
            AppSettings.Compose(given, 7071, Postgres, Storage, roles, simulator: null).Keys,
            setting => setting.StartsWith("Providers__", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Others_are_simulated_beside_a_real_provider_only_on_request()
    {
        var given = Given(("Providers__Finnhub__ApiKey", "a-real-key"));
        var roles = ProviderRoles.Of(given, simulateMissing: true);

        var settings = AppSettings.Compose(given, 7071, Postgres, Storage, roles, Simulator);

        Assert.Equal(["AlphaVantage", "TwelveData", "Massive", "Alpaca", "Eodhd"], roles.Simulated);
        Assert.DoesNotContain(settings.Keys, setting => setting.Contains("Finnhub", StringComparison.Ordinal));
        Assert.Equal("sim-key", settings["Providers__Massive__ApiKey"]);
    }

    [Fact]
    public void Environment_of_the_app_that_is_given_stays() =>
        Assert.DoesNotContain("AZURE_FUNCTIONS_ENVIRONMENT", Compose(Given(("DOTNET_ENVIRONMENT", "Production"))).Keys);

    [Theory]
    [InlineData("ConnectionStrings__Quorum")]
    [InlineData("connectionstrings__quorum")]
    [InlineData("ConnectionStrings:Quorum")]
    public void Names_are_those_of_configuration(string name) =>
        Assert.Equal("given", Given((name, "given")).Find("ConnectionStrings__Quorum"));

    [Fact]
    public void Empty_variable_gives_nothing() => Assert.False(Given(("ConnectionStrings__Quorum", "")).Has("ConnectionStrings__Quorum"));

    private static Dictionary<string, string?> Compose(GivenSettings given) =>
        AppSettings.Compose(given, port: 7071, Postgres, Storage, ProviderRoles.Of(given, simulateMissing: false), Simulator);

    private static GivenSettings Given(params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return new GivenSettings(environment);
    }
}
