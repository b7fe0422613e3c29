using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Batches;
using Quorum.Functions.Consumers;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Quotes;
using Quorum.Functions.Retention;
using Quorum.Functions.Settings;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Documentation;

/// <summary>
/// The pages give the right ranges of settings, and the right defaults that are amounts or booleans. Keys of host.json are not checked.
/// </summary>
public sealed class SettingsTableTests
{
    private static readonly Dictionary<string, object> Defaults = new()
    {
        ["Quorum:Overload:"] = new OverloadOptions(),
        ["Quorum:Quotes:"] = new QuoteOptions { Merge = new MergeOptions() },
        ["Quorum:Reference:"] = new ReferenceOptions(),
        ["Quorum:Storage:"] = new StorageOptions(),
        ["Providers:<Id>:"] = new ProviderOptions(),
        ["Quorum:Batches:"] = new BatchOptions(),
        ["Quorum:Consumers:"] = new ConsumerOptions(),
        ["Quorum:Prefetch:"] = new PrefetchOptions(),
        ["Quorum:Retention:"] = new RetentionOptions(),
        ["Quorum:Traces:"] = new TraceOptions(),
        ["TaskHub:"] = new DurableTaskOptions(),
    };

    private static readonly SettingsTable.Setting[] Settings =
    [
        .. SettingsTable.Read(Page("operations.md")),
        .. SettingsTable.Read(Page("standalone-host.md")),
    ];

    public static TheoryData<string> WithDefault() =>
        [
            .. Settings
                .Where(setting =>
                    Defaults.ContainsKey(setting.Section)
                    && (SettingsTable.Amount(setting.Default) is not null || setting.Default is "true" or "false")
                )
                .Where(setting => !setting.Name.Contains('<', StringComparison.Ordinal))
                .Select(setting => setting.Key),
        ];

    public static TheoryData<string> WithRange() =>
        [.. Settings.Where(setting => setting.Bounds is not null).Select(setting => setting.Key)];

    [Fact]
    public void The_tables_are_found()
    {
        Assert.Equal(
            Defaults.Keys.Order(),
            Settings.Select(setting => setting.Section).Where(section => section.Length > 0).Distinct().Order()
        );
        Assert.InRange(WithRange().Count, 70, 200);
    }

    [Fact]
    public void Every_setting_that_is_an_amount_has_a_range() =>
        Assert.DoesNotContain(
            Settings,
            setting =>
                SettingsTable.Amount(setting.Default) is not null
                && setting.Bounds is null
                && !setting.Range.StartsWith("at least `", StringComparison.Ordinal)
        );

    [Theory]
    [MemberData(nameof(WithDefault))]
    public void A_default_is_the_one_in_the_code(string key)
    {
        var setting = Settings.Single(setting => setting.Key == key);
        object value = Defaults[setting.Section];
        foreach (var name in setting.Name.Split(':'))
        {
            var property = value.GetType().GetProperty(name);
            Assert.NotNull(property);
            value = property.GetValue(value)!;
        }

        Assert.Equal(
            value is bool or TimeSpan ? value : Convert.ToDouble(value, CultureInfo.InvariantCulture),
            value is bool ? bool.Parse(setting.Default) : SettingsTable.Amount(setting.Default)
        );
    }

    [Theory]
    [MemberData(nameof(WithRange))]
    public void A_range_is_held_to_its_ends(string key)
    {
        var (min, max) = Settings.Single(setting => setting.Key == key).Bounds!.Value;

        Assert.Empty(FaultsOfRange(key, Text(min)));
        Assert.Empty(FaultsOfRange(key, Text(max)));
        AssertRefused(key, Text(Beyond(min, -1)));
        if (max is not double number || number < int.MaxValue) // beyond it there is no number to refuse
        {
            AssertRefused(key, Text(Beyond(max, 1)));
        }
    }

    private static void AssertRefused(string key, string value)
    {
        var fault = Assert.Single(FaultsOfRange(key, value));
        Assert.Contains(value, fault, StringComparison.Ordinal);
    }

    /// <summary>Returns the faults that a start with this setting reports.</summary>
    private static IEnumerable<string> FaultsOfRange(string key, string value)
    {
        try
        {
            using var app = StandaloneQuorum
                .CreateBuilder([
                    $"--{key}={value}",
                    "--ConnectionStrings:Quorum=Host=localhost;Username=nobody",
                    "--AzureWebJobsStorage=UseDevelopmentStorage=true",
                ])
                .Build();
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (Exception exception) when (SettingFaults.Of(exception) is { Count: > 0 } faults)
        {
            var name = key.Split(':')[^1];
            return faults.Where(fault =>
                fault.Contains(name, StringComparison.OrdinalIgnoreCase)
                && (fault.Contains(" between ", StringComparison.Ordinal) || fault.Contains(" must be a ", StringComparison.Ordinal))
            );
        }
    }

    private static object Beyond(object end, int direction) =>
        end switch
        {
            TimeSpan time => time + (direction * TimeSpan.FromMilliseconds(1)),
            double number => number == Math.Floor(number) ? number + direction : number + (direction * 0.001),
            _ => throw new ArgumentOutOfRangeException(nameof(end), end, "No amount."),
        };

    private static string Text(object amount) =>
        amount is TimeSpan time
            ? time.ToString("c", CultureInfo.InvariantCulture)
            : ((double)amount).ToString(CultureInfo.InvariantCulture);

    private static string Page(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));
}
