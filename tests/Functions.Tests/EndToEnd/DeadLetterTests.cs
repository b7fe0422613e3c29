using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Storage;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class DeadLetterTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task A_message_whose_cause_is_mended_is_put_back_once_and_is_then_worked_on()
    {
        using var queue = await QueueOfBatches.OfAsync(fixture.Database);
        await queue.CreateAsync();
        await queue.SendAsync("""{"version": 1, "batchId": "mended"}""");
        await fixture.Database.WaitUntilAsync(
            "select exists (select from quorum.dead_letters where body like '%mended%' and deliveries = 5)",
            TimeSpan.FromMinutes(2)
        );
        await fixture.EmptyQueueAsync();
        await fixture
            .App.Services.GetRequiredService<BatchStore>()
            .CreateAsync(
                new NewBatch("mended", "content", [new NewBatchItem("T1101", "T1101", null)], DateTimeOffset.UtcNow),
                CancellationToken.None
            );
        var listed = await ListedAsync("mended");
        Assert.Equal("It names no symbols, and no batch of its batchId is stored.", listed["reason"]!.ToString());
        Assert.Equal(
            ("quote-batches", "true", null),
            (listed["queue"]!.ToString(), listed["canRequeue"]!.ToString(), listed["requeuedAt"]?.ToString())
        );

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RequeueAsync(listed["id"]!.ToString())));

        var accepted = Assert.Single(answers, answer => answer.Status is HttpStatusCode.Accepted);
        Assert.All(
            answers.Where(answer => answer != accepted),
            answer => Assert.Equal("urn:quorum:problem:requeued-already", answer.Value("type"))
        );
        Assert.Equal(listed["id"]!.ToString(), accepted.Value("id"));
        await fixture.Database.WaitUntilAsync(
            "select exists (select from quorum.batches where id = 'mended' and state = 'completed' and done = 1)"
        );
        Assert.Equal(accepted.Value("requeuedAt")![..19], (await ListedAsync("mended"))["requeuedAt"]!.ToString()[..19]);
        Assert.Equal(HttpStatusCode.Accepted, (await RequeueAsync(listed["id"]! + "", "?again=true")).Status);
    }

    [Fact]
    public async Task A_message_of_which_something_was_masked_is_not_kept_and_cannot_be_put_back()
    {
        using var queue = await QueueOfBatches.OfAsync(fixture.Database);
        await queue.CreateAsync();
        await queue.SendAsync("""{"version": 8, "note": "masked", "apiKey": "abcdefgh"}""");
        await queue.SendRawAsync(Convert.ToBase64String([0xff, 0xfe, .. "apiKey=abcdefgh"u8]));
        await fixture.Database.WaitUntilAsync(
            "select count(*) = 2 from quorum.dead_letters where body like '%masked%' or reason like '%not UTF-8%'"
        );

        var listed = await ListedAsync("masked");
        var answer = await RequeueAsync(listed["id"]!.ToString());

        Assert.Equal("""{"version": 8, "note": "masked", "apiKey": "***"}""", listed["body"]!.ToString());
        Assert.Equal(("false", HttpStatusCode.Conflict), (listed["canRequeue"]!.ToString(), answer.Status));
        Assert.Equal("urn:quorum:problem:dead-letter-not-kept", answer.Value("type"));
        Assert.Equal(
            0,
            await fixture.Database.QueryAsync<long>(
                "select count(*) from quorum.dead_letters where (body like '%masked%' or reason like '%not UTF-8%') and message is not null"
            )
        );
    }

    [Fact]
    public async Task Pages_follow_each_other_by_their_cursor_and_miss_none()
    {
        await fixture.Database.ExecuteAsync(
            """
            insert into quorum.dead_letters (queue, message_id, reason, body, deliveries, first_seen_at, last_seen_at)
            select 'paged', n::text, 'r', 'b', 1, timestamptz '2020-01-01Z' + (n / 2) * interval '1 s', '2020-01-02Z' from generate_series(1, 7) as n
            """
        );

        var ids = new List<string>();
        var cursor = "";
        do
        {
            var page = await fixture.App.GetAsync($"dead-letters?limit=3{cursor}");
            ids.AddRange(page.Json["items"]!.AsArray().Select(item => item!["id"]!.ToString()));
            cursor = page.Json["next"] is { } next ? $"&cursor={next}" : null;
        } while (cursor is not null);

        Assert.Equal(
            ["paged.7", "paged.6", "paged.5", "paged.4", "paged.3", "paged.2", "paged.1"],
            ids.Where(id => id.StartsWith("paged.", StringComparison.Ordinal))
        );
        Assert.Equal(HttpStatusCode.Conflict, (await RequeueAsync("paged.1")).Status);
    }

    [Fact]
    public async Task Only_the_master_key_puts_a_message_back()
    {
        await fixture.Database.ExecuteAsync(
            $"""
            insert into quorum.dead_letters (queue, message_id, reason, body, message, deliveries, first_seen_at, last_seen_at)
            values ('quote-batches', 'locked', 'r', 'b', '{Convert.ToBase64String("""{"version":9}"""u8)}', 1, '2021-01-01Z', '2021-01-01Z')
            """
        );
        await using var app = await RunningApp.StartAsync(
            fixture.Database,
            fixture.Simulator.Address,
            "Functions:Authorization:Enabled=true",
            "Functions:Keys:Function:some=function-key-0123456789",
            "Functions:Keys:Master=master-key-0123456789"
        );

        Assert.Equal(HttpStatusCode.Unauthorized, (await RequeueAsync(app, "quote-batches.locked", "function-key-0123456789")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("dead-letters", ("x-functions-key", "function-key-0123456789"))).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await RequeueAsync(app, "quote-batches.locked", "master-key-0123456789")).Status);
    }

    [Theory]
    [InlineData("dead-letters?limit=0", "limit")]
    [InlineData("dead-letters?limit=501", "limit")]
    [InlineData("dead-letters?cursor=QUFQTA", "cursor")]
    [InlineData("dead-letters?page=1", "page")]
    public async Task A_bad_request_names_the_parameter(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    [Theory]
    [InlineData("nosuch", "", HttpStatusCode.NotFound)]
    [InlineData("quote-batches.nosuch", "", HttpStatusCode.NotFound)]
    [InlineData("quote-batches.nosuch", "?again=yes", HttpStatusCode.BadRequest)]
    [InlineData("quote-batches.nosuch", "?x=1", HttpStatusCode.BadRequest)]
    public async Task An_id_that_is_none_or_a_parameter_that_is_wrong_is_rejected(string id, string query, HttpStatusCode status) =>
        Assert.Equal(status, (await RequeueAsync(id, query)).Status);

    private async Task<System.Text.Json.Nodes.JsonNode> ListedAsync(string note) =>
        (await fixture.App.GetAsync("dead-letters?limit=500")).Json["items"]!
            .AsArray()
            .Single(item => item!["body"]!.ToString().Contains(note, StringComparison.Ordinal))!; // one

    private Task<Answer> RequeueAsync(string id, string query = "") =>
        SendAsync(fixture.App, new HttpRequestMessage(HttpMethod.Post, $"/api/dead-letters/{id}/requeue{query}"));

    private static Task<Answer> RequeueAsync(RunningApp app, string id, string key) =>
        SendAsync(
            app,
            new HttpRequestMessage(HttpMethod.Post, $"/api/dead-letters/{id}/requeue") { Headers = { { "x-functions-key", key } } }
        );

    private static async Task<Answer> SendAsync(RunningApp app, HttpRequestMessage request)
    {
        using (request)
        {
            return await app.SendAsync(request, CancellationToken.None);
        }
    }
}
