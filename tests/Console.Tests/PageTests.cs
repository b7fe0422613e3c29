using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Quorum.Console.Tests.Browser;
using Quorum.Functions.Console;
using static Microsoft.Playwright.Assertions;

namespace Quorum.Console.Tests;

[Collection(nameof(SharedConsole))]
public sealed class PageTests(ConsoleFixture fixture)
{
    private const int HeaviestBytes = 150 * 1024;

    private static readonly string[] Views =
    [
        "",
        "quotes/AAPL",
        "quotes/NOSUCH",
        "providers",
        "batches",
        "batches/seen",
        "watchlist",
        "dead-letters",
        "failed-orchestrations",
        "traces/unknown",
    ];

    private static readonly Lazy<string> Axe = new(() =>
    {
        using var script = typeof(AxeRunOptions).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!; // The package has it.
        using var reader = new StreamReader(script);
        return reader.ReadToEnd();
    });

    [SkippableTheory]
    [InlineData(1440, false)]
    [InlineData(360, true)]
    public async Task Every_view_fits_its_width_and_axe_finds_nothing_serious(int width, bool dark)
    {
        Chromium.Require();
        await fixture.App.GetAsync("quotes/AAPL?budget=10000");
        await fixture.PostAsync("batches", """{"batchId":"seen","symbols":["AAPL","NOSUCH","A$"]}""");
        using var watched = new HttpRequestMessage(HttpMethod.Put, "/api/watchlist/AAPL");
        await fixture.App.SendAsync(watched, CancellationToken.None);
        await fixture.StoreFailureAsync("seen-failure", "AggregateBatch", $"A long reason: {new string('x', 400)}.");
        await using var console = await fixture.OpenAsync("", width, dark: dark);
        await console.Page.EvaluateAsync(Axe.Value);
        foreach (var view in Views)
        {
            await console.GoAsync("#/" + view);
            await Expect(console.Page.Locator(".loading")).ToHaveCountAsync(0);
            await RequireFitAndAccessibleAsync(console.Page, view);
        }
    }

    [SkippableFact]
    public async Task The_dialog_for_the_key_is_accessible_and_fits_a_phone()
    {
        Chromium.Require();
        await using var console = await ConsolePage.OpenAsync(fixture.Browser, fixture.App.Address, "", width: 360, go: false);
        await console.Page.RouteAsync("**/api/providers", route => route.FulfillAsync(new RouteFulfillOptions { Status = 401 }));
        await console.Page.GotoAsync("/api/console#/providers");
        await Expect(console.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await console.Page.EvaluateAsync(Axe.Value);

        await RequireFitAndAccessibleAsync(console.Page, "the dialog");
    }

    [SkippableTheory]
    [InlineData("quotes/%zz")]
    [InlineData("quotes/%")]
    [InlineData("quotes/AAPL/history/%E0%A4%A")]
    [InlineData("%C3")]
    [InlineData("traces")]
    [InlineData("no-such-view")]
    public async Task A_broken_or_unknown_address_is_not_found(string view)
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync(view);
        await Expect(console.Heading("Not found")).ToBeVisibleAsync();

        await console.GoAsync("#/providers");
        await Expect(console.Heading("Providers")).ToBeVisibleAsync();
        await console.GoAsync("#/" + view);
        await Expect(console.Heading("Not found")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task The_keyboard_alone_leads_from_the_start_to_a_quote_and_its_answers()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync();
        await console.Page.Keyboard.PressAsync("Tab");
        await Expect(console.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Skip to content" })).ToBeFocusedAsync();
        await console.Page.Keyboard.PressAsync("Enter");
        await console.Page.Keyboard.PressAsync("Tab");
        await console.Page.Keyboard.TypeAsync("AAPL");
        await Expect(console.Page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await console.Page.Keyboard.PressAsync("ArrowDown");
        await console.Page.Keyboard.PressAsync("Enter");

        await Expect(console.Heading("Apple Inc.")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_page_is_asked_for_each_time_and_its_assets_are_kept_for_ever()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("providers");
        await Expect(console.Page.Locator(".provider")).ToHaveCountAsync(6);

        foreach (var response in console.Responses.Where(response => response.Url.Contains("/console", StringComparison.Ordinal)))
        {
            var headers = await response.AllHeadersAsync();
            Assert.StartsWith(
                "default-src 'none'; script-src 'self'; style-src 'self';",
                headers["content-security-policy"],
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("unsafe", headers["content-security-policy"], StringComparison.Ordinal);
            Assert.Equal(
                response.Url.EndsWith("/console", StringComparison.Ordinal) ? "no-cache" : "public, max-age=31536000, immutable",
                headers["cache-control"]
            );
            Assert.Equal("gzip", headers["content-encoding"]);
            Assert.Equal("nosniff", headers["x-content-type-options"]);
        }
    }

    [SkippableFact]
    public async Task The_reference_lists_the_calls_and_tries_one()
    {
        Chromium.Require();
        await using var docs = await ConsolePage.OpenAsync(fixture.Browser, fixture.App.Address, "/api/docs");
        var operation = docs.Page.Locator("#operations-service-getLiveness");

        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.Locator(".execute").ClickAsync();

        await Expect(operation.Locator(".live-responses-table .response-col_status").Last).ToContainTextAsync("200");
        await Expect(operation.Locator(".live-responses-table")).ToContainTextAsync("\"live\"");
        await Expect(docs.Page.Locator("#operations-quotes-getQuote")).ToBeVisibleAsync();
    }

    [Fact]
    public void The_console_weighs_less_than_150_KB_compressed()
    {
        var bytes = GetConsole.Page.Html.Gzipped.Length + GetConsole.Page.Assets.Values.Sum(asset => asset.Gzipped.Length);

        Assert.InRange(bytes, 1, HeaviestBytes);
    }

    [Fact]
    public void Every_script_is_loaded_with_the_page_and_not_one_after_the_other()
    {
        var html = Encoding.UTF8.GetString(GetConsole.Page.Html.Unzipped());

        Assert.All(
            GetConsole.Page.Assets.Keys.Where(name => name.EndsWith(".js", StringComparison.Ordinal)),
            name => Assert.Contains($"/{name}\"", html, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_libraries_are_those_of_their_packages()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "vendor");
        var rows = Regex
            .Matches(
                File.ReadAllText(Path.Combine(folder, "README.md")),
                @"^\| `(?<file>[a-z]+\.js)` \|.*\| (?<hash>[0-9a-f]{64}) \|",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            )
            .ToDictionary(row => row.Groups["file"].Value, row => row.Groups["hash"].Value, StringComparer.Ordinal);

        Assert.Equal(
            Directory.GetFiles(folder, "*.js").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            rows.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    row.Value,
                    Convert.ToHexStringLower(
                        SHA256.HashData(
                            Encoding.UTF8.GetBytes(
                                File.ReadAllText(Path.Combine(folder, row.Key))
                                    .Replace("\"./preact.js\"", "\"preact\"", StringComparison.Ordinal)
                            )
                        )
                    )
                )
        );
    }

    private static async Task RequireFitAndAccessibleAsync(IPage page, string what)
    {
        Assert.True(
            await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth") <= 0,
            $"{what} is wider than the window."
        );
        var found = await page.EvaluateAsync<string>(
            """
            async () => JSON.stringify((await axe.run()).violations.filter(violation => ['serious', 'critical'].includes(violation.impact))
              .map(violation => ({ rule: violation.id, help: violation.help, nodes: violation.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary) })))
            """
        );
        Assert.True(found == "[]", $"{what}: {JsonSerializer.Serialize(JsonDocument.Parse(found).RootElement, Indented)}");
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
