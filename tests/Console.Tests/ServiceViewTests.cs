using System.Text;
using Microsoft.Playwright;
using Quorum.Console.Tests.Browser;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing.Postgres;
using static Microsoft.Playwright.Assertions;

namespace Quorum.Console.Tests;

[Collection(nameof(SharedConsole))]
public sealed class ServiceViewTests(ConsoleFixture fixture)
{
    private const string Key = "the-right-key-0123456789",
        Master = "the-master-key-0123456789";

    [SkippableFact]
    public async Task A_provider_has_its_quota_as_gauges_its_breaker_and_its_outcomes()
    {
        Chromium.Require();
        await fixture.App.GetAsync("quotes/AAPL?budget=10000&maxAge=0");
        await using var console = await fixture.OpenAsync("providers");
        var finnhub = console.Page.Locator("[data-provider=finnhub]");

        await Expect(finnhub.GetByRole(AriaRole.Meter)).ToHaveCountAsync(2);
        await Expect(finnhub.GetByRole(AriaRole.Meter, new LocatorGetByRoleOptions { Name = "Quota per 60 sec" }))
            .ToHaveAttributeAsync("aria-valuemax", "5000");
        await Expect(finnhub).ToContainTextAsync("of 100,000 left");
        await Expect(finnhub.Locator(".bars rect")).Not.ToHaveCountAsync(0);
        await Expect(finnhub.Locator(".lines path")).ToHaveCountAsync(2);
        await Expect(finnhub).ToContainTextAsync("closed");
        await Expect(finnhub).ToContainTextAsync("answered");
        await Expect(console.Page.Locator("[data-provider=eodhd] .aside")).ToContainTextAsync("simulated");
        await Expect(finnhub.Locator(".aside")).ToContainTextAsync("real");
    }

    [SkippableFact]
    public async Task A_batch_shows_its_progress_and_the_failed_items_by_reason()
    {
        Chromium.Require();
        await fixture.Simulator.FailAsync(new { kind = "slow-headers", ms = 3000 });
        await fixture.PostAsync("batches", """{"batchId":"looked-at","symbols":["T0961","NOSUCH","A$"]}""");
        await using var console = await fixture.OpenAsync("batches");
        await console.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "looked-at" }).ClickAsync();

        await Expect(console.Page.Locator("#percent")).ToHaveTextAsync("33%"); // what is no symbol has failed at once
        await Expect(console.Page.Locator("[data-reason=invalid-symbol]")).ToBeVisibleAsync();
        await fixture.Simulator.MendAsync();
        await Expect(console.Page.Locator("#percent")).ToHaveTextAsync("100%");
        await Expect(console.Page.Locator("[data-reason=unknown-symbol]")).ToContainTextAsync("1");
        await Expect(console.Page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
    }

    [SkippableFact]
    public async Task A_symbol_is_put_on_the_watchlist_and_taken_off()
    {
        Chromium.Require();
        await using var console = await fixture.OpenAsync("watchlist");
        await console.Page.GetByLabel("Symbol", new PageGetByLabelOptions { Exact = true }).FillAsync("bac");
        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Watch", Exact = true }).ClickAsync();
        var row = console.Page.Locator("tr[data-symbol=BAC]");
        await Expect(row).ToContainTextAsync("Bank of America");

        await console.Page.GetByLabel("Symbol", new PageGetByLabelOptions { Exact = true }).FillAsync("A$");
        await console.Page.GetByLabel("Symbol", new PageGetByLabelOptions { Exact = true }).PressAsync("Enter");
        await Expect(console.Page.Locator("#watch-status")).ToContainTextAsync("A ticker consists of");

        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Failed_orchestrations_are_listed_with_their_reasons_as_text_and_lead_to_their_quote_or_batch()
    {
        Chromium.Require();
        const string Reason = "<img src=x onerror=alert(1)> & <b>bold</b>",
            Input = """{"symbol":"VOD:XLON","providers":["eodhd"],"deadline":"2026-01-01T00:00:00Z"}""";
        await fixture.Database.ExecuteAsync("delete from taskhub.instances where status in ('Failed', 'Terminated')");
        await using var console = await fixture.OpenAsync("failed-orchestrations");
        await Expect(console.Page.Locator(".empty")).ToHaveTextAsync("No failed orchestrations.");

        await fixture.StoreFailureAsync("failed-quote", "AggregateQuote", Reason, Input);
        await fixture.StoreFailureAsync("failed-batch", "AggregateBatch", "The history of instance ''failed-batch'' cannot be read.");
        await console.Page.ReloadAsync();

        var quote = console.Page.Locator("tr[data-instance=failed-quote]");
        await Expect(quote.Locator(".reason")).ToHaveTextAsync(Reason);
        await Expect(quote.Locator(".reason *")).ToHaveCountAsync(0);
        await Expect(quote.Locator("time").First).ToHaveTextAsync("3 hr ago");
        await Expect(quote.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "VOD:XLON" }))
            .ToHaveAttributeAsync("href", "#/quotes/VOD%3AXLON");
        var batch = console.Page.Locator("tr[data-instance=failed-batch]");
        await Expect(batch.Locator(".reason")).ToContainTextAsync("cannot be read");
        await Expect(batch.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "#/batches/failed-batch");
    }

    [SkippableFact]
    public async Task A_key_is_asked_for_a_wrong_one_is_refused_and_none_is_kept_outside_the_pages_memory()
    {
        Chromium.Require();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await StartWithKeysAsync(database);
        await database.ExecuteAsync(
            """
            insert into quorum.dead_letters (queue, message_id, reason, body, message, deliveries, first_seen_at, last_seen_at)
            values ('quote-batches', 'm', 'It names no symbols.', '{"version":1}', '{"version":1}', 5, now(), now())
            """
        );
        await using var console = await ConsolePage.OpenAsync(fixture.Browser, app.Address, "/api/console#/batches");
        var dialog = console.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Function key");

        await dialog.GetByLabel("Function key or master key").FillAsync("wrong");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use keys" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("rejected this key");
        await dialog.GetByLabel("Function key or master key").FillAsync(Key);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use keys" }).ClickAsync();
        await Expect(console.Page.Locator("main")).ToContainTextAsync("No batch is kept.");
        await Expect(dialog).ToHaveCountAsync(0);

        await console.GoAsync("#/dead-letters");
        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Requeue" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Master key");
        await dialog.GetByLabel("Master key", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Master);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use key" }).ClickAsync();
        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Requeue" }).ClickAsync();
        await Expect(console.Page.Locator(".card .aside .chip")).ToHaveTextAsync("requeued");

        var kept = await console.Page.EvaluateAsync<string>(
            "() => JSON.stringify([localStorage, sessionStorage]) + document.cookie + location.href + document.documentElement.outerHTML"
        );
        Assert.DoesNotContain(Key, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(Master, kept, StringComparison.Ordinal);
        Assert.All(console.Responses, response => Assert.DoesNotContain("-key", response.Url, StringComparison.Ordinal));
        await console.Page.ReloadAsync();
        await Expect(dialog).ToContainTextAsync("Function key");
    }

    [SkippableFact]
    public async Task With_consumers_the_page_asks_for_the_consumers_key_too_and_shows_the_data_with_it()
    {
        Chromium.Require();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await StartWithKeysAsync(database);
        var consumersKey = await CreateConsumerAsync(app, Master);
        await using var console = await ConsolePage.OpenAsync(fixture.Browser, app.Address, "/api/console#/quotes/AAPL");
        var dialog = console.Page.GetByRole(AriaRole.Dialog);
        var (function, consumer) = (dialog.GetByLabel("Function key or master key"), dialog.GetByLabel("Consumer's key"));
        var use = dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use keys" });
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Function key");

        await function.FillAsync(Key);
        await use.ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Consumer's key"); // the function key was right
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("");
        await Expect(consumer).ToBeFocusedAsync();
        await consumer.FillAsync("qk_never-created");
        await use.ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not know this consumer's key");
        await consumer.FillAsync(consumersKey);
        await use.ClickAsync();
        await Expect(console.Heading("Apple Inc.")).ToBeVisibleAsync();

        await console.GoAsync("#/failed-orchestrations");
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Master key"); // the list is that of all consumers
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel" }).ClickAsync();
        await Expect(console.Page.Locator(".empty")).ToContainTextAsync("Give the master key to see");
        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Enter a key" }).ClickAsync();
        await dialog.GetByLabel("Master key", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Master);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use key" }).ClickAsync();
        await Expect(console.Page.Locator(".empty")).ToHaveTextAsync("No failed orchestrations.");

        await console.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Forget key" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Function key");
        await function.FillAsync(Master); // in place of both
        await use.ClickAsync();
        await Expect(console.Page.Locator(".empty")).ToHaveCountAsync(1);
        await Expect(console.Page.Locator(".empty")).ToHaveTextAsync("No failed orchestrations.");
        await Expect(dialog).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task In_development_without_authorization_the_page_needs_no_key_beside_consumers()
    {
        Chromium.Require();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, "environment=Development");
        await CreateConsumerAsync(app, Master);
        await using var console = await ConsolePage.OpenAsync(fixture.Browser, app.Address, "/api/console#/quotes/AAPL");
        await Expect(console.Heading("Apple Inc.")).ToBeVisibleAsync();

        await console.GoAsync("#/failed-orchestrations");
        await Expect(console.Page.Locator(".empty")).ToHaveTextAsync("No failed orchestrations.");
        await Expect(console.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    private Task<RunningApp> StartWithKeysAsync(TestDatabase database) =>
        RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            "Functions:Authorization:Enabled=true",
            $"Functions:Keys:Function:test={Key}",
            $"Functions:Keys:Master={Master}"
        );

    /// <summary>Creates a consumer.</summary>
    /// <returns>Its key.</returns>
    private static async Task<string> CreateConsumerAsync(RunningApp app, string masterKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/consumers")
        {
            Content = new StringContent("""{"name":"desk"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-functions-key", masterKey);
        var created = await app.SendAsync(request, CancellationToken.None);
        return created.Value("key") ?? throw new InvalidOperationException(created.Text);
    }
}
