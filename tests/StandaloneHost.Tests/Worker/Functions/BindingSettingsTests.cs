using Microsoft.Extensions.Configuration;
using Quorum.StandaloneHost.Hosting.Functions;

namespace Quorum.StandaloneHost.Tests.Worker.Functions;

/// <summary>The settings that declarations name in percent signs, and those that switch functions off.</summary>
public sealed class BindingSettingsTests
{
    private readonly List<string> _faults = [];

    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("Orders-IN", "orders-in")]
    [InlineData("%QueueName%", "from-setting")]
    [InlineData("%Quorum__Queue%-%Suffix%", "nested-x1")]
    public void A_queue_is_named_in_lower_case_with_its_settings_replaced(string declared, string expected)
    {
        Assert.Equal(expected, Settings().QueueName(declared, _faults));
        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData("ab", "the queue name 'ab' must be 3 to 63 small letters, digits or single hyphens between them.")]
    [InlineData("-orders", "the queue name '-orders' must be")]
    [InlineData("or--ders", "the queue name 'or--ders' must be")]
    [InlineData("or_ders", "the queue name 'or_ders' must be")]
    [InlineData("orders\n", "the queue name 'orders\n' must be")]
    [InlineData("%Missing%", "'%Missing%' names the setting 'Missing', which is missing.")]
    [InlineData("%Empty%-in", "'%Empty%-in' names the setting 'Empty', which is missing.")]
    public void A_name_that_the_service_would_refuse_is_a_fault(string declared, string fault)
    {
        Assert.Null(Settings().QueueName(declared, _faults));
        Assert.StartsWith(fault, Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("False", false)]
    public void A_function_is_switched_off_by_a_flag(string? value, bool isDisabled)
    {
        Assert.Equal(isDisabled, Settings(("AzureWebJobs.Orders.Disabled", value)).IsDisabled("Orders", _faults));
        Assert.Equal(isDisabled, Settings(("AzureWebJobs:Orders:Disabled", value)).IsDisabled("Orders", _faults));
        Assert.Empty(_faults);
    }

    [Fact]
    public void An_invalid_flag_is_a_fault_and_leaves_the_function_on()
    {
        Assert.False(Settings(("AzureWebJobs.Orders.Disabled", "yes")).IsDisabled("Orders", _faults));
        Assert.Equal(["The setting 'AzureWebJobs.Orders.Disabled' must be true or false; got 'yes'."], _faults);
    }

    [Theory]
    [InlineData(null, "2026-11-21T09:30:00Z")]
    [InlineData("", "2026-11-21T09:30:00Z")]
    [InlineData("America/New_York", "2026-11-20T14:30:00Z")]
    public void A_schedule_is_in_the_apps_time_zone(string? zone, string next)
    {
        var schedule = Settings(("WEBSITE_TIME_ZONE", zone)).Schedule("%Cron%", _faults);

        Assert.Equal(DateTimeOffset.Parse(next), schedule?.NextAfter(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("0 30 9 * * *", "Nowhere/Town", "the setting 'WEBSITE_TIME_ZONE' must be a time zone of this machine")]
    [InlineData("%Suffix%", "", "'x1' is not an NCRONTAB expression")]
    [InlineData("%Missing%", "", "'%Missing%' names the setting 'Missing', which is missing.")]
    public void A_schedule_that_cannot_be_read_is_a_fault(string declared, string zone, string fault)
    {
        Assert.Null(Settings(("WEBSITE_TIME_ZONE", zone)).Schedule(declared, _faults));
        Assert.StartsWith(fault, Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_is_opened_once_whatever_the_case_of_its_name()
    {
        var settings = Settings(("AzureWebJobsStorage", "UseDevelopmentStorage=true"));

        var account = settings.Account(null, _faults);

        Assert.NotNull(account);
        Assert.Same(account, settings.Account("storage", _faults));
        Assert.Same(account, settings.Account("", _faults));
    }

    [Theory]
    [InlineData(null, "AzureWebJobsStorage")]
    [InlineData("Orders", "Orders")]
    public void A_missing_account_names_the_setting_to_set(string? connection, string setting)
    {
        Assert.Null(Settings().Account(connection, _faults));
        Assert.StartsWith(
            $"it needs a storage account, but the setting '{setting}' is missing.",
            Assert.Single(_faults),
            StringComparison.Ordinal
        );
    }

    private static BindingSettings Settings(params (string Key, string? Value)[] more) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection([
                    new("QueueName", "from-setting"),
                    new("Quorum:Queue", "nested"),
                    new("Suffix", "x1"),
                    new("Empty", ""),
                    new("Cron", "0 30 9 * * *"),
                    .. more.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)),
                ])
                .Build()
        );
}
