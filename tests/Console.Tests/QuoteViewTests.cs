using System.Globalization;
using Microsoft.Playwright;
using Quorum.Console.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace Quorum.Console.Tests;

[Collection(nameof(SharedConsole))]
public sealed class QuoteViewTests(ConsoleFixture fixture)
{
    [SkippableTheory]
    [InlineData("apple", "AAPL", "Apple Inc.")]
    [InlineData("msft", "MSFT", "Microsoft Corporation")]
    [InlineData("DE0007164600", "SAP:XETR", "SAP SE")]
    [InlineData("VOD.L", "VOD:XLON", "Vodafone Group Plc")]
    public async Task Search_finds_an_instrument_by_name_ticker_isin_and_a_vendors_spelling(string text, string symbol, string name)
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync();
        var search = console.Page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = "Instrument" });

        await search.FillAsync(text);
        await Expect(console.Page.GetByRole(AriaRole.Option).First).ToContainTextAsync(symbol);
        await search.PressAsync("ArrowDown");
        await search.PressAsync("Enter");

        await Expect(console.Heading(name)).ToBeVisibleAsync();
        await Expect(console.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(Uri.EscapeDataString(symbol)));
    }

    [SkippableFact]
    public async Task A_quote_shows_its_price_its_confidence_in_words_and_what_each_vendor_said()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/AAPL");
        await Expect(console.Page.Locator("#price")).ToBeVisibleAsync();

        await Expect(console.Page.Locator(".state")).ToContainTextAsync("High");
        await Expect(console.Page.Locator(".state")).ToContainTextAsync("simulated");
        await Expect(console.Page.Locator(".vendors tr[data-provider]")).ToHaveCountAsync(6);
        await Expect(console.Vendor("finnhub")).ToContainTextAsync("answered");
        await Expect(console.Vendor("eodhd")).ToContainTextAsync("delayed");
        await Expect(console.Vendor("finnhub")).ToContainTextAsync("bp");
        await Expect(console.Page.Locator(".facts")).ToContainTextAsync("Previous close");
        var shown = decimal.Parse(await console.Page.Locator("#price").InnerTextAsync(), CultureInfo.InvariantCulture);
        // It is in the page.
        var value = decimal.Parse((await console.Page.Locator("#price").GetAttributeAsync("value"))!, CultureInfo.InvariantCulture);
        Assert.Equal(value, shown);
    }

    [SkippableFact]
    public async Task Another_currency_shows_the_rate_and_the_original_price()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/AAPL");
        await Expect(console.Page.Locator("#price")).ToBeVisibleAsync();
        await Expect(console.Page.Locator("#conversion")).ToHaveCountAsync(0);

        await console.Page.Locator("#currency").SelectOptionAsync("EUR");

        await Expect(console.Page.Locator("#conversion")).ToContainTextAsync("EURUSD");
        await Expect(console.Page.Locator("#conversion")).ToContainTextAsync("USD");
        await Expect(console.Page.Locator(".figure .currency")).ToHaveTextAsync("EUR");
        await Expect(console.Page.Locator(".vendors .total")).ToContainTextAsync("USD"); // vendors' prices are not converted
    }

    [SkippableFact]
    public async Task An_outlier_is_marked_and_left_out()
    {
        Chromium.Require();
        await fixture.Simulator.FailAsync(
            new
            {
                provider = "massive",
                symbol = "T0951",
                kind = "wrong-price",
                factor = 1.2,
            }
        );
        await using var console = await fixture.OpenAsync("quotes/T0951");

        await Expect(console.Vendor("massive")).ToContainTextAsync("outlier");
        await Expect(console.Page.Locator(".state")).ToContainTextAsync("Massive left out");
        await fixture.Simulator.MendAsync();
    }

    [SkippableFact]
    public async Task The_waterfall_has_a_slow_and_a_failing_provider()
    {
        Chromium.Require();
        await fixture.Simulator.FailAsync(
            new
            {
                provider = "finnhub",
                symbol = "T0952",
                kind = "slow-headers",
                ms = 400,
            }
        );
        await fixture.Simulator.FailAsync(
            new
            {
                provider = "massive",
                symbol = "T0952",
                kind = "status",
                status = 500,
            }
        );
        await using var console = await fixture.OpenAsync("quotes/T0952");

        await Expect(console.Page.Locator(".spans tr[data-kind=merge]")).ToBeVisibleAsync(); // the spans that were kept
        await Expect(console.Span("massive").First).ToContainTextAsync("server error");
        await Expect(console.Span("finnhub").First).ToContainTextAsync("answered");
        var took = await console.Vendor("finnhub").Locator("td.number").Last.InnerTextAsync();
        // Timers may fire a little early.
        Assert.InRange(double.Parse(took.Split(' ')[0], NumberStyles.Number, CultureInfo.InvariantCulture), 350, 10_000);
        await Expect(console.Vendor("massive")).ToContainTextAsync("server error");
        await Expect(console.Page.Locator(".state")).ToContainTextAsync("partial");
        await fixture.Simulator.MendAsync();
    }

    [SkippableFact]
    public async Task A_quote_is_refreshed_by_its_entity_tag_and_its_age_goes_on()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/MSFT");
        await Expect(console.Page.Locator("#price")).ToBeVisibleAsync();
        await console.Page.GetByLabel("Refresh").SelectOptionAsync("published");
        var age = await console.Page.Locator("#age").InnerTextAsync();

        var unchanged = await console.Page.WaitForResponseAsync(response =>
            response.Url.Contains("/quotes/MSFT?", StringComparison.Ordinal) && response.Status == 304
        );

        Assert.Contains("if-none-match", (await unchanged.Request.AllHeadersAsync()).Keys);
        await Expect(console.Page.Locator("#age")).Not.ToHaveTextAsync(age);
        var next = console.Page.WaitForResponseAsync(response => response.Url.EndsWith("maxAge=0", StringComparison.Ordinal));
        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Ask now" }).ClickAsync();
        Assert.Equal(200, (await next).Status);
    }

    [SkippableFact]
    public async Task The_price_over_time_leads_to_a_past_answer_and_says_whether_the_merge_reproduces_it()
    {
        Chromium.Require();
        for (var i = 0; i < 3; i++)
        {
            await fixture.App.GetAsync("quotes/NVDA?budget=10000&maxAge=0");
        }

        await using var console = await fixture.OpenAsync("quotes/NVDA");
        await Expect(console.Page.Locator(".chart circle.answer")).Not.ToHaveCountAsync(0);
        await Expect(console.Page.Locator(".chart circle.point")).Not.ToHaveCountAsync(0);
        await console.Page.Locator(".chart svg").FocusAsync();
        await console.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(console.Page.Locator(".readout")).ToContainTextAsync("vendors agree");

        await console.Page.Locator(".answers a").First.ClickAsync();
        await Expect(console.Page.Locator("#past")).ToContainTextAsync("reproduced");
        await Expect(console.Page.Locator("#past")).Not.ToContainTextAsync("not reproduced");
        await Expect(console.Page.Locator(".vendors tr[data-provider]")).ToHaveCountAsync(6);
    }

    [SkippableFact]
    public async Task A_time_leads_to_the_answer_that_held_then()
    {
        Chromium.Require();
        await fixture.App.GetAsync("quotes/TSLA?budget=10000&maxAge=0");
        await using var console = await fixture.OpenAsync("quotes/TSLA");
        var why = console.Page.GetByLabel("Why this price at", new PageGetByLabelOptions { Exact = true });

        await why.FillAsync("2001-01-01T00:00");
        await why.PressAsync("Enter");
        await Expect(console.Page.Locator("#why-fault")).ToContainTextAsync("No answer is kept from then");
        await why.FillAsync(DateTime.UtcNow.AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));
        await why.PressAsync("Enter");

        await Expect(console.Page.Locator("#past")).ToContainTextAsync("Answer of");
    }

    [SkippableFact]
    public async Task An_answer_is_given_as_soon_as_enough_vendors_agree()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/T0955");
        await console.Page.GetByLabel("Refresh").SelectOptionAsync("off");
        await console.Page.GetByLabel("Answer when").SelectOptionAsync("3");
        await Expect(console.Vendor("eodhd")).ToContainTextAsync("answered");
        await fixture.Simulator.FailAsync(
            new
            {
                provider = "eodhd",
                kind = "slow-headers",
                ms = 8000,
            }
        );

        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Ask now" }).ClickAsync();

        await Expect(console.Page.Locator(".state")).ToContainTextAsync("agreed");
        await Expect(console.Vendor("eodhd")).ToContainTextAsync("not awaited");
        await fixture.Simulator.MendAsync();
    }

    /// <summary>The form of the API when enough vendors agreed before all had answered.</summary>
    [SkippableFact]
    public async Task An_agreed_answer_shows_who_was_not_awaited_and_when_enough_agreed()
    {
        Chromium.Require();
        var quote = (await fixture.App.GetAsync("quotes/T0953?budget=10000")).Json;
        quote["completeness"] = "agreed";
        var last = quote["providers"]!.AsArray()[^1]!; // There are six.
        (last["outcome"], last["quote"], last["latencyMs"]) = ("pending", null, 0);
        const string Waterfall = """
            { "traceId": "0123456789abcdef0123456789abcdef", "symbol": "T0953", "historyId": null, "instanceId": "x", "href": null, "waterfall": {
              "traceId": "0123456789abcdef0123456789abcdef", "startedAt": "2026-11-20T15:00:00Z", "durationMs": 80, "budgetMs": 1000, "deadlineMs": 140, "agreedMs": 71.5,
              "spans": [
                { "id": "a", "parentId": null, "name": "GET quotes/{symbol}", "kind": "request", "provider": null, "startMs": 0, "durationMs": 80, "outcome": "ok", "attempt": null, "detail": null },
                { "id": "b", "parentId": "a", "name": "Finnhub", "kind": "provider", "provider": "finnhub", "startMs": 5, "durationMs": 30, "outcome": "ok", "attempt": 1, "detail": null },
                { "id": "c", "parentId": "a", "name": "merge", "kind": "merge", "provider": null, "startMs": 72, "durationMs": 0.4, "outcome": "ok", "attempt": null, "detail": null } ] } }
            """;
        await using var console = await ConsolePage.OpenAsync(fixture.Browser, fixture.App.Address, "", go: false);
        await console.Page.RouteAsync(
            "**/api/quotes/T0953?*",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = quote.ToJsonString() })
        );
        await console.Page.RouteAsync(
            "**/api/traces/*",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = Waterfall })
        );

        await console.Page.GotoAsync("/api/console#/quotes/T0953");

        await Expect(console.Page.Locator(".state")).ToContainTextAsync("agreed");
        await Expect(console.Vendor("eodhd")).ToContainTextAsync("not awaited");
        await Expect(console.Page.Locator(".legend")).ToContainTextAsync("enough vendors agreed");
        await Expect(console.Page.Locator(".spans tr[data-kind=merge]")).ToBeVisibleAsync();
        await console.Page.GetByLabel("vendor calls only").CheckAsync();
        await Expect(console.Page.Locator(".spans tr[data-kind=merge]")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task An_unknown_symbol_and_one_without_an_answer_say_why_there_is_no_price()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/NOSUCH");
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Unknown symbol");

        await fixture.Simulator.FailAsync(new { kind = "status", status = 500 });
        await console.GoAsync("#/quotes/T0954");
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No quote");
        await Expect(console.Vendor("alpaca")).ToContainTextAsync("server error");
        await fixture.Simulator.MendAsync();
    }

    [SkippableFact]
    public async Task Numbers_are_in_the_readers_locale()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("quotes/AAPL", locale: "de-DE");

        await Expect(console.Page.Locator("#price")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d+,\d\d+$"));
    }
}
