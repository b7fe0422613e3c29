using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class BatchTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task A_batch_ends_with_a_quote_for_each_symbol_and_a_reason_for_each_that_has_none()
    {
        var answer = await PostAsync(
            """{"batchId": "mixed", "symbols": ["AAPL", "vod:xlon", "T1001", "ZZQX1", "no symbol", "", "T1002"]}"""
        );

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.EndsWith("/api/batches/mixed", answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(("mixed", "7", "2"), (answer.Value("batchId"), answer.Value("total"), answer.Value("failed")));
        await FinishAsync("mixed");

        var batch = await fixture.App.GetAsync("batches/mixed");
        Assert.Equal(
            ("completed", "7", "4", "3", "100"),
            (batch.Value("state"), batch.Value("total"), batch.Value("done"), batch.Value("failed"), batch.Value("percent"))
        );
        Assert.All(["created", "started", "finished"], time => Assert.EndsWith("Z", batch.Value(time), StringComparison.Ordinal));
        var items = (await fixture.App.GetAsync("batches/mixed/items")).Json["items"]!.AsArray();
        Assert.Equal(
            [
                "AAPL done ",
                "VOD:XLON done ",
                "T1001 done ",
                "ZZQX1 failed unknown-symbol",
                " failed invalid-symbol",
                " failed invalid-symbol",
                "T1002 done ",
            ],
            items.Select(item => $"{item!["symbol"]} {item["status"]} {item["reason"]}")
        );
        Assert.All(items.Where(item => item!["status"]!.ToString() == "failed"), item => Assert.NotEmpty(item!["detail"]!.ToString()));
        var vodafone = items[1]!["quote"]!;
        Assert.Equal(
            ("VOD:XLON", "GBP", "complete"),
            (vodafone["symbol"]!.ToString(), vodafone["currency"]!.ToString(), vodafone["completeness"]!.ToString())
        );
        Assert.Equal(6, vodafone["providers"]!.AsArray().Count);

        await fixture.Database.WaitUntilAsync(
            "select exists (select from taskhub.instances where instance_id = 'mixed' and completed_at is not null)"
        ); // after its row
        var instance = await fixture.App.GetAsync("/runtime/webhooks/durabletask/instances/mixed");
        Assert.Equal(("Completed", "100"), (instance.Value("runtimeStatus"), instance.Value("customStatus", "percent")));
    }

    [Fact]
    public async Task What_a_batch_found_answers_those_who_ask_later_and_stands_in_the_history()
    {
        await PostAsync("""{"batchId": "later", "symbols": ["T1010"]}""");
        await FinishAsync("later");
        var calls = await fixture.Simulator.CountCallsAsync("T1010");

        var quote = await fixture.App.GetAsync("quotes/T1010?maxAge=3600");
        var history = await fixture.App.GetAsync("quotes/T1010/history");

        Assert.Equal("later", quote.Value("instanceId"));
        Assert.Equal(calls, await fixture.Simulator.CountCallsAsync("T1010"));
        Assert.Single(history.Json["items"]!.AsArray());
    }

    [Fact]
    public async Task The_same_batch_sent_again_is_the_same_batch_and_another_one_is_refused()
    {
        const string Batch = """{"batchId": "again", "symbols": ["T1020", "t1021"]}""";
        var answers = await Task.WhenAll(
            PostAsync(Batch),
            PostAsync(Batch),
            PostAsync("""{"symbols": ["T1020", "T1021"], "batchId": "again"}""")
        );
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        await FinishAsync("again");
        var finished = await fixture.App.GetAsync("batches/again");

        var late = await PostAsync(Batch);
        var other = await PostAsync("""{"batchId": "again", "symbols": ["T1021", "T1020"]}""");

        Assert.Equal((HttpStatusCode.Accepted, "completed"), (late.Status, late.Value("state")));
        Assert.Null(answers[0].Json["note"]);
        Assert.StartsWith(
            $"This batch exists since {finished.Value("created")![..19]}Z; its quotes are from then until {finished.Value("finished")![..19]}Z.",
            late.Value("note"),
            StringComparison.Ordinal
        );
        Assert.Equal((HttpStatusCode.Conflict, "urn:quorum:problem:batch-exists"), (other.Status, other.Value("type")));
        await fixture.EmptyQueueAsync();
        Assert.Equal(finished.Text, (await fixture.App.GetAsync("batches/again")).Text);
        Assert.Equal(6, await fixture.Simulator.CountCallsAsync("T1020"));
        Assert.Equal(1, await fixture.Database.QueryAsync<long>("select count(*) from quorum.quotes where symbol = 'T1020'"));
    }

    [Fact]
    public async Task Symbols_that_mean_the_same_instrument_are_one_item()
    {
        var answer = await PostAsync("""{"batchId": "merged", "symbols": ["AAPL", "aapl", "AAPL:XNAS", "BRK-B", "BRK.B", "?", "?"]}""");

        Assert.Equal(("4", "2"), (answer.Value("total"), answer.Value("failed")));
        await FinishAsync("merged");
        Assert.Equal(
            ["AAPL", "BRK.B", "", ""],
            (await fixture.App.GetAsync("batches/merged/items")).Json["items"]!.AsArray().Select(item => $"{item!["symbol"]}")
        );
    }

    [Fact]
    public async Task A_batch_without_an_id_gets_one()
    {
        var answer = await PostAsync("""{"symbols": ["T1030"]}""");

        var id = answer.Value("batchId")!;
        await FinishAsync(id);
        Assert.EndsWith("/" + id, answer.Header("Location"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_batches_has_the_newest_first_in_pages_that_hang_together()
    {
        foreach (var number in Enumerable.Range(1, 5))
        {
            await PostAsync($$"""{"batchId": "listed-{{number}}", "symbols": ["T1061"]}""");
        }

        var listed = new List<string>();
        for (var path = "batches?limit=2"; path is not null; )
        {
            var page = await fixture.App.GetAsync(path);
            listed.AddRange(page.Json["items"]!.AsArray().Select(batch => batch!["batchId"]!.ToString()));
            path = page.Value("next") is { } next ? $"batches?limit=2&cursor={Uri.EscapeDataString(next)}" : null;
        }

        Assert.Equal(
            ["listed-5", "listed-4", "listed-3", "listed-2", "listed-1"],
            listed.Where(id => id.StartsWith("listed-", StringComparison.Ordinal))
        );
        Assert.Equal(await fixture.Database.QueryAsync<long>("select count(*) from quorum.batches"), listed.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.App.GetAsync("batches?cursor=x")).Status);
    }

    [Fact]
    public async Task Items_come_in_pages_that_hang_together()
    {
        await PostAsync(
            $$"""{"batchId": "paged", "symbols": [{{string.Join(", ", Enumerable.Range(1, 23).Select(number => $"\"T{1100 + number}\""))}}, "?"]}"""
        );
        await FinishAsync("paged");

        var symbols = new List<string>();
        for (var path = "batches/paged/items?limit=10"; path is not null; )
        {
            var page = await fixture.App.GetAsync(path);
            symbols.AddRange(page.Json["items"]!.AsArray().Select(item => item!["given"]!.ToString()));
            path = page.Value("next") is { } next ? $"batches/paged/items?limit=10&cursor={Uri.EscapeDataString(next)}" : null;
        }

        Assert.Equal([.. Enumerable.Range(1, 23).Select(number => $"T{1100 + number}"), "?"], symbols);
        Assert.Single((await fixture.App.GetAsync("batches/paged/items?status=failed")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_reader_with_the_current_entity_tag_gets_a_304()
    {
        await PostAsync("""{"batchId": "tagged", "symbols": ["T1062", "?"]}""");
        await FinishAsync("tagged");
        var tag = (await fixture.App.GetAsync("batches/tagged")).Header("ETag")!;

        Assert.Equal(HttpStatusCode.NotModified, (await fixture.App.GetAsync("batches/tagged", ("If-None-Match", tag))).Status);
    }

    [Fact]
    public async Task To_cancel_a_batch_ends_its_open_items()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 3000,
                symbol = "T1200",
            }
        );
        await PostAsync(
            $$"""{"batchId": "cancelled", "symbols": [{{string.Join(", ", Enumerable.Range(1200, 100).Select(number => $"\"T{number}\""))}}]}"""
        );
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.batches where id = 'cancelled' and state = 'running')");

        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/api/batches/cancelled");
        var cancelled = await fixture.App.SendAsync(delete, CancellationToken.None);

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (cancelled.Status, cancelled.Value("state")));
        await fixture.Simulator.MendAsync();
        await fixture.Database.WaitUntilAsync(
            "select exists (select from taskhub.instances where instance_id = 'cancelled' and completed_at is not null)"
        );
        Assert.Equal(cancelled.Text, (await fixture.App.GetAsync("batches/cancelled")).Text);
        Assert.Equal(0, await fixture.Simulator.CountCallsAsync("T1299"));
        using var again = new HttpRequestMessage(HttpMethod.Delete, "/api/batches/cancelled");
        Assert.Equal(HttpStatusCode.OK, (await fixture.App.SendAsync(again, CancellationToken.None)).Status);
    }

    [Fact]
    public async Task A_batch_that_is_complete_cannot_be_cancelled_and_one_that_is_not_there_not_found()
    {
        await PostAsync("""{"batchId": "complete", "symbols": ["T1063", "?"]}""");
        await FinishAsync("complete");
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/api/batches/complete");
        using var nowhere = new HttpRequestMessage(HttpMethod.Delete, "/api/batches/nowhere");

        Assert.Equal("urn:quorum:problem:batch-finished", (await fixture.App.SendAsync(delete, CancellationToken.None)).Value("type"));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.App.SendAsync(nowhere, CancellationToken.None)).Status);
        Assert.Equal("urn:quorum:problem:unknown-batch", (await fixture.App.GetAsync("batches/nowhere")).Value("type"));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.App.GetAsync("batches/nowhere/items")).Status);
    }

    [Fact]
    public async Task A_message_of_another_program_brings_a_batch_and_a_second_one_changes_nothing()
    {
        using var queue = await QueueOfBatches.OfAsync(fixture.Database);
        const string Message = """{"version": 1, "batchId": "from-a-message", "symbols": ["T1040", "?"], "sender": "another program"}""";

        await queue.SendAsync(Message);
        await queue.SendAsync(Message);
        await FinishAsync("from-a-message");
        await queue.SendAsync(Message);
        await fixture.EmptyQueueAsync();

        var batch = await fixture.App.GetAsync("batches/from-a-message");
        Assert.Equal(("2", "1", "1"), (batch.Value("total"), batch.Value("done"), batch.Value("failed")));
        Assert.Equal(6, await fixture.Simulator.CountCallsAsync("T1040"));
    }

    [Fact]
    public async Task An_item_whose_providers_all_fail_is_tried_again_and_then_fails_for_that_reason()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T1050",
            }
        );
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T1050.US",
            }
        );
        try
        {
            await PostAsync("""{"batchId": "failing", "symbols": ["T1050", "T1051"]}""");
            await fixture.Database.WaitUntilAsync(
                "select exists (select from quorum.batch_items where batch_id = 'failing' and tries = 1)"
            );
            Assert.Equal("1", (await fixture.App.GetAsync("batches/failing")).Value("done"));
            await FinishAsync("failing");
        }
        finally
        {
            await fixture.Simulator.MendAsync();
        }

        var item = (await fixture.App.GetAsync("batches/failing/items?status=failed")).Json["items"]!.AsArray().Single()!;
        Assert.Equal(("T1050", "no-quote"), (item["symbol"]!.ToString(), item["reason"]!.ToString()));
    }

    private Task<Answer> PostAsync(string body, string contentType = "application/json") =>
        PostAsync(new StringContent(body, Encoding.UTF8), contentType);

    private async Task<Answer> PostAsync(HttpContent body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/batches") { Content = body };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return await fixture.App.SendAsync(request, CancellationToken.None);
    }

    private Task FinishAsync(string id) =>
        fixture.Database.WaitUntilAsync(
            $"select exists (select from quorum.batches where id = '{id}' and state = 'completed')",
            TimeSpan.FromMinutes(1)
        );
}
