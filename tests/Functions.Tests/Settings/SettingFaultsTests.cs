using Quorum.Functions.Settings;

namespace Quorum.Functions.Tests.Settings;

public sealed class SettingFaultsTests
{
    [Fact]
    public void All_faults_are_said_at_once_with_their_values_and_rules() =>
        Assert.Equal(
            [
                "Providers:Finnhub:Retry:MaxRetries must be between 0 and 5; got 9.",
                "Quorum:Overload:StarvationMs must be between 10 and 60000; got 1.",
                "Quorum:Overload:StarvationMs must be longer than TargetDelayMs (3); got 1.",
                "Quorum:Prefetch:Lead must be between 00:00:00 and 00:01:00; got 00:02:00.",
                "Quorum:Quotes:Merge:OutlierFloorBps must be between 1 and 10000; got 0.",
                "Quorum:Quotes:Merge:Trust:alpha-vantage must be between 0.1 and 10; got 11.",
                "Quorum:Quotes:Merge:Trust:bloomberg must name a provider, one of finnhub, alpha-vantage, twelve-data, massive, alpaca, eodhd.",
                "TaskHub:Lease must be between 00:00:02 and 00:05:00; got 00:00:00.",
            ],
            FaultsOf(
                "Quorum:Overload:StarvationMs=1",
                "Quorum:Prefetch:Lead=00:02:00",
                "Quorum:Quotes:Merge:OutlierFloorBps=0",
                "Quorum:Quotes:Merge:Trust:bloomberg=1",
                "Quorum:Quotes:Merge:Trust:alpha-vantage=11",
                "Providers:Finnhub:Retry:MaxRetries=9",
                "TaskHub:Lease=00:00:00"
            )
        );

    [Theory]
    [InlineData(
        "Quorum:Overload:MostInFlight=many",
        "Failed to convert configuration value 'many' at 'Quorum:Overload:MostInFlight' to type 'System.Int32'."
    )]
    [InlineData(
        "Functions:Http:DrainTime=soon",
        "settings: Functions.Http.DrainTime must be a time as hh:mm:ss from 00:00:00 to 01:00:00; got 'soon'."
    )]
    public void What_cannot_be_read_is_named(string setting, string fault) => Assert.Equal([fault], FaultsOf(setting));

    [Theory]
    [InlineData("Providers:Finnhub:BaseAddress=ftp://user:s3cret@vendor.example/", "ftp://***@vendor.example/")]
    [InlineData("Quorum:Overload:MostInFlight=https://user:s3cret@db.example/", "https://***@db.example/")]
    [InlineData("Quorum:Overload:MostInFlight=Host=db;Username=u;Password=s3cret;Port=1", "Username=u;Password=***;Port=1")]
    [InlineData("Quorum:Overload:MostInFlight=https://a.example/?sv=1&sig=s3cret", "?sv=1&sig=***")]
    [InlineData(
        "ConnectionStrings:Quorum=postgres://user:s3cret@db.example/quorum?sslmode=require",
        "ConnectionStrings:Quorum must be a list"
    )]
    [InlineData(
        "AzureWebJobsStorage=DefaultEndpointsProtocol=https;AccountName=x;AccountKey=s3cret",
        "'AzureWebJobsStorage' cannot be used"
    )]
    [InlineData("Functions:Keys:Master=s3cret", "Functions.Keys.Master must have at least 16 characters; it has 6.")]
    public void No_fault_repeats_a_password_or_a_key(string setting, string fault)
    {
        var faults = FaultsOf(setting).ToList();
        Assert.Contains(faults, line => line.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fault_of_the_host_does_not_hide_those_of_the_app() =>
        Assert.Equal(
            [
                "Quorum:Overload:TargetDelayMs must be between 1 and 1000; got 0.",
                "command line: port must be a whole number from 0 to 65535; got 'x'.",
            ],
            FaultsOf("port=x", "Quorum:Overload:TargetDelayMs=0")
        );

    [Fact]
    public void Nor_does_one_that_cannot_be_read_or_is_missing()
    {
        Assert.Equal(
            [
                "Failed to convert configuration value 'many' at 'Quorum:Overload:MostInFlight' to type 'System.Int32'.",
                "command line: port must be a whole number from 0 to 65535; got 'x'.",
            ],
            FaultsOf("port=x", "Quorum:Overload:MostInFlight=many")
        );
        Assert.Equal(
            [
                "ConnectionStrings:Quorum must be set: Host=...;Database=...;Username=...",
                "Quorum:Overload:TargetDelayMs must be between 1 and 1000; got 0.",
                "settings: ConnectionStrings:Quorum must be set; the task hub and the timers are in that database.",
            ],
            FaultsOf("ConnectionStrings:Quorum=", "Quorum:Overload:TargetDelayMs=0")
        );
    }

    [Fact]
    public void Another_exception_is_none_of_settings() => Assert.Empty(SettingFaults.Of(new InvalidOperationException("A bug.")));

    private static IEnumerable<string> FaultsOf(params string[] settings)
    {
        string[] others = ["--ConnectionStrings:Quorum=Host=localhost;Username=nobody", "--AzureWebJobsStorage=UseDevelopmentStorage=true"];
        var wrong = Assert.ThrowsAny<Exception>(() =>
        {
            using var app = StandaloneQuorum.CreateBuilder([.. others, .. settings.Select(setting => "--" + setting)]).Build();
        });
        return SettingFaults.Of(wrong).Order(StringComparer.Ordinal);
    }
}
