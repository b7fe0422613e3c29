using System.Text;
using Microsoft.Playwright;
using Quorum.Console.Tests.Browser;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Console.Tests;

/// <summary>A browser, and the app with a database and the simulator. Tests that switch faults use symbols of their own.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private TestDatabase? _database;
    private RunningSimulator? _simulator;
    private RunningApp? _app;

    internal IBrowser Browser => _browser ?? throw NotInitialized();

    internal TestDatabase Database => _database ?? throw NotInitialized();

    internal RunningSimulator Simulator => _simulator ?? throw NotInitialized();

    internal RunningApp App => _app ?? throw NotInitialized();

    /// <summary>Opens the console at a view, such as <c>quotes/AAPL</c>.</summary>
    internal Task<ConsolePage> OpenAsync(
        string view = "",
        int width = 1440,
        int height = 900,
        bool dark = false,
        string locale = "en-US"
    ) => ConsolePage.OpenAsync(Browser, App.Address, $"/api/console#/{view}", width, height, dark, locale);

    internal async Task<Answer> PostAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/" + path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        return await App.SendAsync(request, CancellationToken.None);
    }

    /// <summary>Stores an orchestration that has failed.</summary>
    internal Task StoreFailureAsync(string id, string orchestrator, string reason, string? input = null) =>
        Database.ExecuteAsync(
            $$"""
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, input, failure)
            values ('{{id}}', 0, '{{orchestrator}}', 'Failed', now() - interval '190 minutes', now(), now(), {{(
                input is null ? "null" : $"'{input}'"
            )}},
                    json_build_object('errorType', 'E', 'errorMessage', '{{reason}}')::text)
            on conflict do nothing
            """
        );

    public async Task InitializeAsync()
    {
        if (Chromium.Find() is null)
        {
            return; // Each test skips, or fails in CI.
        }

        Assertions.SetDefaultExpectTimeout((float)SignalTasks.Deadline.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        _app = await RunningApp.StartAsync(
            _database,
            _simulator.Address,
            "Providers:Finnhub:Quota:PerMinute=5000",
            "Providers:Finnhub:Quota:PerDay=100000",
            "Providers:Eodhd:Simulated=true"
        );
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? default);
        _playwright?.Dispose();
        await (_app?.DisposeAsync() ?? default);
        await (_simulator?.DisposeAsync() ?? default);
        await (_database?.DisposeAsync() ?? default);
    }

    private static InvalidOperationException NotInitialized() => new("There is no Chromium, or xunit has not initialized the fixture.");
}

/// <summary>The tests share a browser and an app, and run one after the other.</summary>
[CollectionDefinition(nameof(SharedConsole))]
public sealed class SharedConsole : ICollectionFixture<ConsoleFixture>;
