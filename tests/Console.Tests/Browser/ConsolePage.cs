using System.Collections.Concurrent;
using Microsoft.Playwright;
using Quorum.Testing;

namespace Quorum.Console.Tests.Browser;

/// <summary>A tab with a page of the app. It notes what must never happen: errors of the page, violations of its policy, requests to other
/// servers.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<IResponse> _responses = new();

    private ConsolePage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _faults.Enqueue("error: " + error);
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith(address.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)
            )
            {
                _faults.Enqueue("request to another server: " + request.Url);
            }
        };
        page.Response += (_, response) => _responses.Enqueue(response);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                _faults.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>All responses so far.</summary>
    public IReadOnlyCollection<IResponse> Responses => _responses;

    public static async Task<ConsolePage> OpenAsync(
        IBrowser browser,
        Uri address,
        string path,
        int width = 1440,
        int height = 900,
        bool dark = false,
        string locale = "en-US",
        bool go = true
    )
    {
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = address.ToString(),
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                Locale = locale,
                TimezoneId = "UTC",
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout((float)SignalTasks.Deadline.TotalMilliseconds);
        var page = new ConsolePage(context, await context.NewPageAsync(), address);
        await page.Page.RouteAsync("**/api/quotes/*budget=1000*", WithTimeAsync);
        if (go)
        {
            await page.Page.GotoAsync(path);
        }

        return page;
    }

    /// <summary>The page gives the vendors a second. On a busy machine that is not enough, and what it then shows is not what the tests are
    /// about.</summary>
    private static Task WithTimeAsync(IRoute route) =>
        route.ContinueAsync(
            new RouteContinueOptions { Url = route.Request.Url.Replace("budget=1000", "budget=10000", StringComparison.Ordinal) }
        );

    /// <summary>Goes to a view of the console.</summary>
    public async Task GoAsync(string view)
    {
        await Page.EvaluateAsync("view => { location.hash = view; }", view);
        await Page.Locator("main h1").WaitForAsync();
    }

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Level = 1 });

    /// <summary>The row of a vendor in the table of what each said.</summary>
    public ILocator Vendor(string id) => Page.Locator($".vendors tr[data-provider={id}]");

    /// <summary>The row of a vendor in the waterfall.</summary>
    public ILocator Span(string id) => Page.Locator($".spans tr[data-provider={id}]");

    /// <summary>The page's errors, which must not occur.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_faults);
    }
}
