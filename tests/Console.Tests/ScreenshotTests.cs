using Microsoft.Playwright;
using Quorum.Console.Tests.Browser;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using static Microsoft.Playwright.Assertions;

namespace Quorum.Console.Tests;

/// <summary>Makes the pictures of README and docs. With <c>QUORUM_SCREENSHOTS=docs/images</c> in the environment they are written
/// there.</summary>
[Collection(nameof(SharedConsole))]
public sealed class ScreenshotTests(ConsoleFixture fixture)
{
    private const int MaxBytes = 200 * 1024;

    [SkippableFact]
    public async Task Three_views_are_pictures_of_less_than_200_KB()
    {
        Chromium.Require();
        using var temporary = new TemporaryFolder();
        var folder = Environment.GetEnvironmentVariable("QUORUM_SCREENSHOTS") is { Length: > 0 } given
            ? Path.Combine(RepositoryRoot(), given)
            : temporary.Path;
        Directory.CreateDirectory(folder);
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync(scale: 1);
        string[] simulated = [.. MarketData.ProviderId.All.Select(provider => $"Providers:{provider.SettingsName}:Simulated=true")];
        await using var app = await RunningApp.StartAsync(
            database,
            simulator.Address,
            [
                .. simulated,
                "Providers:Finnhub:Quota:PerMinute=60",
                "Providers:AlphaVantage:Quota:PerDay=100",
                "Providers:TwelveData:Quota:PerMinute=55",
                "Providers:TwelveData:Quota:PerDay=800",
                "Providers:Eodhd:Quota:PerDay=100",
                "Providers:Alpaca:Quota:PerMinute=200",
            ]
        );
        for (var i = 0; i < 30; i++)
        {
            await app.GetAsync("quotes/AAPL?budget=1000&maxAge=0");
        }

        await simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "wrong-price",
                symbol = "AAPL",
                factor = 1.03,
            }
        );
        await simulator.FailAsync(
            new
            {
                provider = "eodhd",
                kind = "status",
                status = 500,
            }
        );
        for (var i = 0; i < 3; i++)
        {
            await app.GetAsync("quotes/AAPL?budget=1000&maxAge=0");
        }

        await TakeAsync(
            "console-quote",
            app,
            "quotes/AAPL",
            1200,
            960,
            dark: false,
            page => Expect(page.Locator(".spans tr[data-kind=merge]")).ToBeVisibleAsync()
        );
        await TakeAsync(
            "console-providers",
            app,
            "providers",
            1280,
            1130,
            dark: true,
            page => Expect(page.Locator(".bars")).ToHaveCountAsync(6)
        );
        await TakeAsync(
            "console-phone",
            app,
            "quotes/AAPL",
            390,
            844,
            dark: true,
            page => Expect(page.Locator(".vendors")).ToBeVisibleAsync()
        );

        async Task TakeAsync(string name, RunningApp shown, string view, int width, int height, bool dark, Func<IPage, Task> isThere)
        {
            await using var console = await ConsolePage.OpenAsync(
                fixture.Browser,
                shown.Address,
                $"/api/console#/{view}",
                width,
                height,
                dark
            );
            await isThere(console.Page);
            var path = Path.Combine(folder, name + ".png");
            await console.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
            Assert.InRange(new FileInfo(path).Length, 1, MaxBytes);
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        }

        return folder.FullName;
    }
}
