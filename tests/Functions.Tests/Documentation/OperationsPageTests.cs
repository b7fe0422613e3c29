using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Quorum.EmbeddedRuntime.DurableTask;
using Quorum.Functions.Overload;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Documentation;

/// <summary>The page for operators names everything that there is.</summary>
public sealed class OperationsPageTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    private static readonly Assembly[] Assemblies =
        [typeof(OverloadOptions).Assembly, typeof(ProviderOptions).Assembly, typeof(StorageOptions).Assembly, typeof(DurableTaskOptions).Assembly];

    [Fact]
    public void Every_setting_is_on_it()
    {
        var missing = Assemblies.SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Namespace!.StartsWith("Quorum", StringComparison.Ordinal))
            .SelectMany(type => type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).Select(property => (type.Name, Setting: property.Name)))
            .Where(setting => !OperationsPage.Text.Contains($"`{setting.Setting}`", StringComparison.Ordinal)
                && !OperationsPage.Text.Contains($"__{setting.Setting}`", StringComparison.Ordinal))
            .Select(setting => $"{setting.Name}.{setting.Setting}");

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_log_event_is_on_it()
    {
        var missing = Assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => (Type: method.DeclaringType!.Name.Split('`')[0], Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(entry => entry.Event is not null)
            .Select(entry => $"| {(entry.Event!.EventId > 0 ? entry.Event.EventId : "–")} | {entry.Type} |")
            .Where(row => !OperationsPage.Text.Contains(row, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Every_metric_is_on_it()
    {
        await fixture.App.GetAsync("quotes/T0400?budget=10000&maxAge=0"); // So that all instruments are there.
        var missing = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Quorum", StringComparison.Ordinal) && !OperationsPage.Text.Contains($"`{instrument.Name}`", StringComparison.Ordinal))
                {
                    missing.Add(instrument.Name);
                }
            },
        };
        listener.Start();

        Assert.Empty(missing);
    }
}
