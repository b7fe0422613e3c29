using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Quorum.Functions.Batches;
using Quorum.Storage;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Batches whose orchestration ended before every item had a result. But for one at work, they are stored as the test needs them,
/// and so is their orchestration.</summary>
public sealed class AbandonedBatchTests(AbandonedBatchTests.WithoutTimer fixture) : IClassFixture<AbandonedBatchTests.WithoutTimer>
{
    /// <summary>An app whose timer does not check for abandoned batches: the tests do.</summary>
    public sealed class WithoutTimer : QuorumFixture
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, $"AzureWebJobs.{nameof(SettleAbandonedBatches)}.Disabled=true"];
    }

    private const string Management = "/runtime/webhooks/durabletask/instances/";

    private BatchStore Store => fixture.App.Services.GetRequiredService<BatchStore>();

    private BatchWork Work => fixture.App.Services.GetRequiredService<BatchWork>();

    private DurableTaskClient Durable => fixture.App.Services.GetRequiredService<DurableTaskClient>();

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("purged")]
    public async Task A_batch_is_settled_with_its_orchestration(string end)
    {
        var id = $"abandoned-{end}";
        await RunningAsync(id);
        await EndAsync(id, end);

        var batch = await fixture.App.GetAsync($"batches/{id}");

        Assert.Equal(
            ("completed", "4", "1", "3", "100"),
            (batch.Value("state"), batch.Value("total"), batch.Value("done"), batch.Value("failed"), batch.Value("percent"))
        );
        var items = (await fixture.App.GetAsync($"batches/{id}/items")).Json["items"]!.AsArray();
        Assert.Equal(
            ["done ", $"failed orchestration-{end}", $"failed orchestration-{end}", "failed invalid-symbol"],
            items.Select(item => $"{item!["status"]} {item["reason"]}")
        );
        Assert.Contains($"{end} before", items[1]!["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await fixture.Database.QueryAsync<long>($"select count(*) from quorum.batch_answers where batch_id = '{id}'"));
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("failed")]
    [InlineData("purged")]
    public async Task A_batch_sent_again_after_its_orchestration_ended_is_a_finished_batch(string end)
    {
        var id = $"again-{end}";
        await RunningAsync(id);
        await EndAsync(id, end);

        using var body = new StringContent(
            $$"""{"batchId": "{{id}}", "symbols": ["T1500", "T1501", "T1502", "?"]}""",
            Encoding.UTF8,
            "application/json"
        );
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/batches") { Content = body };
        var again = await fixture.App.SendAsync(post, CancellationToken.None);

        Assert.Equal((HttpStatusCode.Accepted, "completed", "3"), (again.Status, again.Value("state"), again.Value("failed")));
        Assert.EndsWith("Send another batchId for new ones.", again.Value("note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_terminated_at_work_ends_with_a_result_for_each_item()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 3000,
                symbol = "T1510",
            }
        );
        using var body = new StringContent(
            $$"""{"batchId": "at-work", "symbols": [{{string.Join(", ", Enumerable.Range(1510, 100).Select(number => $"\"T{number}\""))}}]}""",
            Encoding.UTF8,
            "application/json"
        );
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/batches") { Content = body };
        await fixture.App.SendAsync(post, CancellationToken.None);
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.batches where id = 'at-work' and state = 'running')");

        using var terminate = new HttpRequestMessage(HttpMethod.Post, Management + "at-work/terminate?reason=test");
        await fixture.App.SendAsync(terminate, CancellationToken.None);
        await fixture.Database.WaitUntilAsync(
            "select exists (select from taskhub.instances where instance_id = 'at-work' and completed_at is not null)"
        );
        await fixture.Simulator.MendAsync();

        var batch = await fixture.App.GetAsync("batches/at-work");
        Assert.Equal(("completed", "100"), (batch.Value("state"), batch.Value("percent")));
        Assert.NotEqual("0", batch.Value("failed"));
        Assert.Equal(
            await fixture.Database.QueryAsync<long>(
                "select count(*) from quorum.batch_items where batch_id = 'at-work' and reason = 'orchestration-terminated'"
            ),
            long.Parse(batch.Value("failed")!, CultureInfo.InvariantCulture) // a member of every batch
        );
    }

    [Fact]
    public async Task A_message_that_arrives_twice_restarts_no_terminated_batch()
    {
        await RunningAsync("twice-terminated");
        await EndAsync("twice-terminated", "terminated");
        using var queue = await QueueOfBatches.OfAsync(fixture.Database);

        await queue.SendRawAsync(BatchMessage.Write("twice-terminated"));
        await fixture.EmptyQueueAsync();

        Assert.Equal("Terminated", (await fixture.App.GetAsync(Management + "twice-terminated")).Value("runtimeStatus"));
        Assert.Equal("completed", await StateAsync("twice-terminated"));
    }

    [Fact]
    public async Task A_batch_that_no_one_requests_is_settled_by_the_timer()
    {
        await RunningAsync("unseen");
        await EndAsync("unseen", "purged");

        await ActivatorUtilities
            .CreateInstance<SettleAbandonedBatches>(fixture.App.Services, new ShiftedTimeProvider(TimeSpan.FromMinutes(2)))
            .RunAsync(new TimerInfo(), Durable, CancellationToken.None);

        Assert.Equal("completed", await StateAsync("unseen"));
    }

    [Fact]
    public async Task Each_check_is_of_a_limited_number_of_batches_and_continues_after_the_previous_one()
    {
        await fixture.Database.ExecuteAsync(
            $"""
            insert into quorum.batches (id, content, state, total, created_at, started_at, task_hub)
            select 'many-' || number, '', 'running', 1, now() - interval '2 hours', now() - interval '2 hours', '{Durable.Name}'
              from generate_series(1, 150) as number
            """
        );
        var abandoned = ActivatorUtilities.CreateInstance<AbandonedBatches>(fixture.App.Services);

        await abandoned.SettleNextAsync(Durable, DateTimeOffset.UtcNow.AddHours(-1), 100, CancellationToken.None);
        var first = await CountAsync();
        await abandoned.SettleNextAsync(Durable, DateTimeOffset.UtcNow.AddHours(-1), 100, CancellationToken.None);

        Assert.Equal((100L, 150L), (first, await CountAsync()));

        Task<long> CountAsync() =>
            fixture.Database.QueryAsync<long>("select count(*) from quorum.batches where id like 'many-%' and state = 'completed'");
    }

    [Fact]
    public async Task A_database_that_is_unavailable_ends_a_check_without_an_error_for_the_host()
    {
        var options = Options.Create(
            new StorageOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=x;Password=x;Database=x;Timeout=1" }
        );
        await using var database = new QuorumDatabase(options);
        var abandoned = ActivatorUtilities.CreateInstance<AbandonedBatches>(fixture.App.Services, new UnfinishedBatches(database));
        var log = new FakeLogger<SettleAbandonedBatches>();

        await new SettleAbandonedBatches(abandoned, TimeProvider.System, log).RunAsync(new TimerInfo(), Durable, CancellationToken.None);

        Assert.Equal(1207, log.LatestRecord.Id.Id);
    }

    [Fact]
    public async Task A_batch_of_another_task_hub_is_not_judged_by_the_orchestrations_of_this_one()
    {
        await RunningAsync("elsewhere", taskHub: "other");

        Assert.Equal("running", (await fixture.App.GetAsync("batches/elsewhere")).Value("state"));
        Assert.DoesNotContain(
            await fixture
                .App.Services.GetRequiredService<UnfinishedBatches>()
                .ListAsync(Durable.Name, DateTimeOffset.UtcNow.AddHours(1), "", 1000, CancellationToken.None),
            batch => batch.Id == "elsewhere"
        );
    }

    [Fact]
    public async Task A_batch_that_does_not_start_fails_when_the_queue_keeps_its_message_no_longer()
    {
        await CreateAsync("lost");
        var accepted = await Store.FindAsync("lost", CancellationToken.None);
        var later = ActivatorUtilities.CreateInstance<AbandonedBatches>(
            fixture.App.Services,
            new ShiftedTimeProvider(TimeSpan.FromDays(7.1))
        );

        await later.SettleAsync(accepted!, Durable, CancellationToken.None); // it has just been created

        Assert.Equal("completed", (await fixture.App.GetAsync("batches/lost")).Value("state"));
        var items = (await fixture.App.GetAsync("batches/lost/items")).Json["items"]!.AsArray();
        Assert.Equal("orchestration-not-started", items[0]!["reason"]!.ToString());
        Assert.Contains("did not start before", items[0]!["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_under_the_id_of_another_orchestration_fails_and_that_one_keeps_its_history()
    {
        var id = (await fixture.App.GetAsync("quotes/T1510?budget=10000&maxAge=0")).Value("instanceId")!; // each quote has one
        await Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None);
        using var body = new StringContent($$"""{"batchId": "{{id}}", "symbols": ["T1511"]}""", Encoding.UTF8, "application/json");
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/batches") { Content = body };
        await fixture.App.SendAsync(post, CancellationToken.None);

        await fixture.Database.WaitUntilAsync($"select state = 'completed' from quorum.batches where id = '{id}'");

        var items = (await fixture.App.GetAsync($"batches/{id}/items")).Json["items"]!.AsArray();
        Assert.Equal("orchestration-not-started", items[0]!["reason"]!.ToString());
        Assert.Contains("is the id of another orchestration", items[0]!["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(nameof(Functions.Quotes.AggregateQuote), (await Durable.GetInstanceAsync(id, CancellationToken.None))!.Name);
    }

    /// <summary>The process that accepts a batch and the one that starts its orchestration have clocks of their own.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(900)]
    public async Task A_batch_whose_orchestration_failed_before_the_first_step_is_settled(int acceptedAheadMs)
    {
        var id = $"never-began-{acceptedAheadMs}";
        await CreateAsync(id, DateTimeOffset.UtcNow.AddMilliseconds(acceptedAheadMs));
        await EndAsync(id, "failed");

        Assert.Equal("completed", (await fixture.App.GetAsync($"batches/{id}")).Value("state"));
    }

    [Fact]
    public async Task A_batch_whose_message_is_still_in_the_queue_stays_accepted()
    {
        await CreateAsync("not-yet");

        Assert.Equal("accepted", (await fixture.App.GetAsync("batches/not-yet")).Value("state"));
    }

    [Fact]
    public async Task A_batch_is_not_settled_for_the_orchestration_of_an_earlier_one_of_its_id()
    {
        await EndAsync("reused", "failed");
        await CreateAsync("reused", DateTimeOffset.UtcNow.AddMinutes(1));

        Assert.Equal("accepted", (await fixture.App.GetAsync("batches/reused")).Value("state"));
    }

    /// <summary>Stores a batch that has begun: one item is done, two are open, one never was a symbol.</summary>
    private async Task RunningAsync(string id, string? taskHub = null)
    {
        await CreateAsync(id);
        await Work.BeginAsync(id, taskHub ?? Durable.Name, 10, DateTimeOffset.UtcNow, CancellationToken.None);
        await Work.SettleAsync(
            id,
            [
                new SettledItem
                {
                    Ordinal = 1,
                    Status = BatchItemStatus.Done,
                    QuoteId = id + ".1",
                },
            ],
            10,
            DateTimeOffset.UtcNow,
            CancellationToken.None
        );
    }

    private async Task CreateAsync(string id, DateTimeOffset? createdAt = null) =>
        await Store.CreateAsync(
            BatchContent.Compose(
                id,
                ["T1500", "T1501", "T1502", "?"],
                fixture.App.Services.GetRequiredService<InstrumentCatalogue>(),
                createdAt ?? DateTimeOffset.UtcNow
            ),
            CancellationToken.None
        );

    /// <summary>Runs an orchestration under the id to that end.</summary>
    private async Task EndAsync(string id, string end)
    {
        const int NoInput = 7; // an orchestration with this input fails at once
        var options = new StartOrchestrationOptions(id, end == "terminated" ? DateTimeOffset.UtcNow.AddDays(1) : null);
        await Durable.ScheduleNewOrchestrationInstanceAsync(nameof(AggregateBatch), NoInput, options, CancellationToken.None);
        if (end == "terminated")
        {
            using var terminate = new HttpRequestMessage(HttpMethod.Post, $"{Management}{id}/terminate?reason=test");
            Assert.Equal(HttpStatusCode.Accepted, (await fixture.App.SendAsync(terminate, CancellationToken.None)).Status);
        }

        var ended = await Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None);
        Assert.Equal(end == "terminated" ? OrchestrationRuntimeStatus.Terminated : OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        if (end == "purged")
        {
            using var purge = new HttpRequestMessage(HttpMethod.Delete, Management + id);
            Assert.Equal(HttpStatusCode.OK, (await fixture.App.SendAsync(purge, CancellationToken.None)).Status);
        }
    }

    private Task<string?> StateAsync(string id) =>
        fixture.Database.QueryAsync<string>($"select state from quorum.batches where id = '{id}'");
}
