using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class ProviderOptionsTests
{
    private static ServiceProvider Services(params (string Name, string? Value)[] settings) =>
        new ServiceCollection()
            .AddLogging()
            .AddProviders(
                new ConfigurationBuilder()
                    .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Providers:" + setting.Name, setting.Value)))
                    .Build()
            )
            .BuildServiceProvider();

    private static bool IsEnabled(ProviderId provider, params (string Name, string? Value)[] settings)
    {
        using var services = Services(settings);
        return services.GetRequiredService<ProviderFleet>().IsEnabled(provider);
    }

    [Fact]
    public void A_provider_with_a_key_or_an_address_of_its_own_is_enabled_unless_told_otherwise()
    {
        Assert.False(IsEnabled(ProviderId.Finnhub));
        Assert.False(IsEnabled(ProviderId.Finnhub, ("Finnhub:ApiKey", " ")));
        Assert.True(IsEnabled(ProviderId.Finnhub, ("Finnhub:ApiKey", "key")));
        Assert.True(IsEnabled(ProviderId.Finnhub, ("Finnhub:BaseAddress", "http://127.0.0.1:5000")));
        Assert.False(IsEnabled(ProviderId.Finnhub, ("Finnhub:ApiKey", "key"), ("Finnhub:Enabled", "false")));
        Assert.True(IsEnabled(ProviderId.AlphaVantage, ("AlphaVantage:ApiKey", "key")));
        Assert.True(IsEnabled(ProviderId.Alpaca, ("Alpaca:ApiKey", "key"), ("Alpaca:ApiSecret", "secret")));
    }

    [Fact]
    public void Every_fault_of_a_provider_is_reported_at_once_with_its_value()
    {
        using var services = Services(
            ("Finnhub:BaseAddress", "ftp://provider"),
            ("Finnhub:Plan", "platinum"),
            ("Finnhub:ConnectTimeout", "00:00:00"),
            ("Finnhub:AttemptTimeout", "00:02:00"),
            ("Finnhub:BackgroundLimit", "-00:00:01"),
            ("Finnhub:MaxConnections", "0"),
            ("Finnhub:MaxResponseBytes", "10"),
            ("Finnhub:Quota:PerMinute", "0"),
            ("Finnhub:Quota:InteractiveReserve", "1.5"),
            ("Finnhub:CircuitBreaker:FailureRatio", "0"),
            ("Finnhub:CircuitBreaker:MinimumThroughput", "1"),
            ("Finnhub:CircuitBreaker:SamplingDuration", "00:00:00.1"),
            ("Finnhub:CircuitBreaker:BreakDuration", "1.00:00:00"),
            ("Finnhub:Retry:MaxRetries", "9"),
            ("Finnhub:Retry:BudgetRatio", "-1"),
            ("Finnhub:MaxConcurrentCalls", "0")
        );

        var exception = Assert.Throws<OptionsValidationException>(services.GetRequiredService<ProviderFleet>);

        Assert.Equal(
            [
                "Providers:Finnhub:BaseAddress must be an absolute http or https address; got 'ftp://provider'.",
                "Providers:Finnhub:Plan must be one of free, paid; got 'platinum'.",
                "Providers:Finnhub:ConnectTimeout must be between 00:00:00.0100000 and 00:01:00; got 00:00:00.",
                "Providers:Finnhub:AttemptTimeout must be between 00:00:00.0100000 and 00:01:00; got 00:02:00.",
                "Providers:Finnhub:BackgroundLimit must be between 00:00:00 and 00:05:00; got -00:00:01.",
                "Providers:Finnhub:MaxConcurrentCalls must be between 1 and 100000; got 0.",
                "Providers:Finnhub:MaxConnections must be between 1 and 100000; got 0.",
                "Providers:Finnhub:MaxResponseBytes must be between 1024 and 67108864; got 10.",
                "Providers:Finnhub:Quota:PerMinute must be between 1 and 2147483647; got 0.",
                "Providers:Finnhub:Quota:InteractiveReserve must be between 0 and 1; got 1.5.",
                "Providers:Finnhub:CircuitBreaker:FailureRatio must be between 0.01 and 1; got 0.",
                "Providers:Finnhub:CircuitBreaker:MinimumThroughput must be between 2 and 100000; got 1.",
                "Providers:Finnhub:CircuitBreaker:SamplingDuration must be between 00:00:00.5000000 and 01:00:00; got 00:00:00.1000000.",
                "Providers:Finnhub:CircuitBreaker:BreakDuration must be between 00:00:00.5000000 and 01:00:00; got 1.00:00:00.",
                "Providers:Finnhub:Retry:MaxRetries must be between 0 and 5; got 9.",
                "Providers:Finnhub:Retry:BudgetRatio must be between 0 and 1; got -1.",
            ],
            exception.Failures
        );
    }

    [Fact]
    public void The_start_validates_all_six()
    {
        using var services = Services(("Finnhub:Plan", "platinum"), ("Eodhd:Plan", "gold"));

        var exception = Assert.Throws<AggregateException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Equal(2, exception.InnerExceptions.Count);
    }

    [Fact]
    public void The_real_service_needs_its_whole_key_and_a_stand_in_none()
    {
        Assert.Contains("Providers:Finnhub:ApiKey must be set", Fault(("Finnhub:Enabled", "true")), StringComparison.Ordinal);
        Assert.Contains("Providers:Alpaca:ApiSecret must be set", Fault(("Alpaca:ApiKey", "key")), StringComparison.Ordinal);
        Assert.True(IsEnabled(ProviderId.Alpaca, ("Alpaca:ApiKey", "key"), ("Alpaca:BaseAddress", "http://127.0.0.1:5000/alpaca")));
    }

    [Theory]
    [InlineData("ApiKey", "CANARY\u00e9")]
    [InlineData("ApiKey", "CAN ARY")]
    [InlineData("BaseAddress", "https://CANARY@provider/")]
    [InlineData("BaseAddress", "https://provider/?apikey=CANARY")]
    public void A_fault_never_shows_what_may_be_a_key(string setting, string value)
    {
        var fault = Fault(($"Finnhub:{setting}", value));

        Assert.Contains($"Providers:Finnhub:{setting}", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("CAN", fault, StringComparison.Ordinal);
    }

    private static string Fault(params (string Name, string? Value)[] settings)
    {
        using var services = Services(settings);
        return Assert.Throws<OptionsValidationException>(services.GetRequiredService<ProviderFleet>).Message;
    }
}
