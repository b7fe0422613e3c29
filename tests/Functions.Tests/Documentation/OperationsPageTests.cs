using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql;
using Quorum.Functions.Overload;
using Quorum.Functions.Settings;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Documentation;

/// <summary>The page for operators names everything that there is.</summary>
public sealed class OperationsPageTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(OverloadOptions).Assembly,
        typeof(ProviderOptions).Assembly,
        typeof(StorageOptions).Assembly,
        typeof(DurableTaskOptions).Assembly,
    ];

    [Fact]
    public void Every_setting_is_on_it()
    {
        var missing = Assemblies
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type =>
                type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Namespace!.StartsWith("Quorum", StringComparison.Ordinal)
            )
            .Append(typeof(MergeOptions))
            .SelectMany(type =>
                type.GetProperties()
                    .Where(property => property.SetMethod is { IsPublic: true } && !SettingsSection.IsOptions(property.PropertyType))
                    .Select(property => (type.Name, Setting: property.Name))
            )
            .Where(setting =>
                !OperationsPage.Text.Contains($"`{setting.Setting}`", StringComparison.Ordinal)
                && !OperationsPage.Text.Contains($"__{setting.Setting}`", StringComparison.Ordinal)
                && !OperationsPage.Text.Contains($"__{setting.Setting}__<", StringComparison.Ordinal)
            )
            .Select(setting => $"{setting.Name}.{setting.Setting}");

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_log_event_is_on_it_with_its_level_and_no_other()
    {
        var said = OperationsPage
            .Text[
                OperationsPage.Text.IndexOf("## Log events", StringComparison.Ordinal)..OperationsPage.Text.IndexOf(
                    "## Settings",
                    StringComparison.Ordinal
                )
            ]
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(line => string.Join('|', line.Split('|')[..4]) + "|");

        Assert.Equal(
            LogEvents().Select(entry => $"| {entry.Id} | {entry.Type} | {entry.Level} |").Order(StringComparer.Ordinal),
            said.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void No_two_log_events_share_an_id_and_each_has_one()
    {
        Assert.All(LogEvents().GroupBy(entry => entry.Id), events => Assert.Single(events));
        Assert.All(
            LogEvents(),
            entry => Assert.InRange(entry.Id, IsOfHost(entry.Assembly) ? 2000 : 1000, IsOfHost(entry.Assembly) ? 2999 : 1999)
        );

        static bool IsOfHost(Assembly assembly) =>
            assembly == typeof(DurableTaskOptions).Assembly || assembly == typeof(PostgresOrchestrationService).Assembly;
    }

    private static IEnumerable<(int Id, string Type, string Level, Assembly Assembly)> LogEvents() =>
        from type in Assemblies.Append(typeof(PostgresOrchestrationService).Assembly).SelectMany(assembly => assembly.GetTypes())
        from method in type.GetMethods(
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public
        )
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (message.EventId, type.Name.Split('`')[0], message.Level.ToString().ToLowerInvariant(), type.Assembly);

    [Fact]
    public async Task Every_metric_is_on_it()
    {
        await fixture.App.GetAsync("quotes/T0400?budget=10000&maxAge=0"); // So that all instruments are there.
        var missing = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (
                    instrument.Meter.Name.StartsWith("Quorum", StringComparison.Ordinal)
                    && !OperationsPage.Text.Contains($"`{instrument.Name}`", StringComparison.Ordinal)
                )
                {
                    missing.Add(instrument.Name);
                }
            },
        };
        listener.Start();

        Assert.Empty(missing);
    }
}
