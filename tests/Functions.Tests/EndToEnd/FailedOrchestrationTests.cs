using System.Net;
using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Batches;
using Quorum.Functions.Quotes;
using Quorum.Functions.Retention;
using Quorum.Testing;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class FailedOrchestrationTests(FailedOrchestrationTests.WithoutIdleInstances fixture)
    : IClassFixture<FailedOrchestrationTests.WithoutIdleInstances>
{
    /// <summary>An app that keeps waiting instances only in the database, and deletes none.</summary>
    public sealed class WithoutIdleInstances : QuorumFixture
    {
        protected override IReadOnlyList<string> Settings =>
            [.. base.Settings, "TaskHub:IdleTime=00:00:00.010", $"AzureWebJobs.{nameof(DeleteExpired)}.Disabled=true"];
    }

    private const int NoInput = 7; // an orchestration with this input fails at once

    private DurableTaskClient Durable => fixture.App.Services.GetRequiredService<DurableTaskClient>();

    [Fact]
    public async Task A_poisoned_orchestration_is_listed_with_its_reason()
    {
        var later = new StartOrchestrationOptions("poisoned", DateTimeOffset.UtcNow.AddDays(1));
        await Durable.ScheduleNewOrchestrationInstanceAsync(nameof(AggregateBatch), NoInput, later, CancellationToken.None);
        await fixture.Database.WaitUntilAsync(
            "select exists (select from taskhub.instances where instance_id = 'poisoned' and owner is null)" // out of memory
        );
        await fixture.Database.ExecuteAsync(
            """
            update taskhub.history set events = '[{"type":"Unknown"}]' where instance_id = 'poisoned';
            update taskhub.instances set start_at = null where instance_id = 'poisoned'; -- so that a message wakes it
            """
        );
        await Durable.RaiseEventAsync("poisoned", AggregateBatch.CancelEvent, cancellation: CancellationToken.None);
        await Durable.WaitForInstanceCompletionAsync("poisoned", CancellationToken.None).WithinAsync();

        var listed = await ListedAsync("poisoned");

        Assert.Equal("failed", listed["status"]!.ToString());
        Assert.Contains("'poisoned' cannot be read", listed["reason"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_batch_is_listed_with_the_message_of_the_failure_alone()
    {
        await EndAsync(nameof(AggregateBatch), "failed-batch");

        var listed = await ListedAsync("failed-batch");

        Assert.Equal(
            ["instanceId", "name", "status", "reason", "symbol", "batchId", "createdAt", "lastUpdatedAt"],
            listed.AsObject().Select(member => member.Key)
        );
        Assert.Equal(
            (nameof(AggregateBatch), "failed", "failed-batch", null),
            (listed["name"]!.ToString(), listed["status"]!.ToString(), listed["batchId"]!.ToString(), listed["symbol"]?.ToString())
        );
        Assert.Contains("JSON", listed["reason"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", listed["reason"]!.ToString(), StringComparison.Ordinal);
        var stored = await Durable.GetInstanceAsync("failed-batch", CancellationToken.None);
        Assert.Equal(
            (stored!.CreatedAt.ToUnixTimeMilliseconds(), stored.LastUpdatedAt.ToUnixTimeMilliseconds()), // it has just ended
            (TimeOf(listed, "createdAt"), TimeOf(listed, "lastUpdatedAt"))
        );
    }

    [Fact]
    public async Task A_terminated_orchestration_is_listed_with_the_reason_of_the_operator()
    {
        var later = new StartOrchestrationOptions("stopped", DateTimeOffset.UtcNow.AddDays(1));
        await Durable.ScheduleNewOrchestrationInstanceAsync(nameof(AggregateBatch), NoInput, later, CancellationToken.None);
        using var terminate = new HttpRequestMessage(
            HttpMethod.Post,
            "/runtime/webhooks/durabletask/instances/stopped/terminate?reason=enough%20of%20it"
        );
        await fixture.App.SendAsync(terminate, CancellationToken.None);
        await Durable.WaitForInstanceCompletionAsync("stopped", CancellationToken.None).WithinAsync();

        var listed = await ListedAsync("stopped");

        Assert.Equal(("terminated", "enough of it"), (listed["status"]!.ToString(), listed["reason"]!.ToString()));
    }

    [Fact]
    public async Task A_failed_quote_names_its_symbol_unless_its_input_is_the_cause()
    {
        await InsertAsync(
            "of-symbol",
            $"'{nameof(AggregateQuote)}', 'broken', now(), '{{\"symbol\":\"VOD:XLON\",\"providers\":[\"eodhd\"],\"deadline\":\"2026-01-01T00:00:00Z\"}}'"
        );
        await EndAsync(nameof(AggregateQuote), "of-nothing");

        Assert.Equal("VOD:XLON", (await ListedAsync("of-symbol"))["symbol"]!.ToString());
        Assert.Null((await ListedAsync("of-nothing"))["symbol"]);
    }

    [Fact]
    public async Task A_possible_key_in_a_reason_is_masked_and_a_long_one_is_shortened()
    {
        await InsertAsync("secret", $"'Other', 'apiKey=abcdefgh {new string('x', 2000)}', now(), null");

        var reason = (await ListedAsync("secret"))["reason"]!.ToString();

        Assert.StartsWith("apiKey=*** x", reason, StringComparison.Ordinal);
        Assert.Equal(1001, reason.Length);
    }

    [Fact]
    public async Task Of_thousands_the_newest_fifty_are_listed_newest_first()
    {
        // Dozens in the last second, and one in each second of the hour before; every other one has completed.
        await fixture.Database.ExecuteAsync(
            """
            delete from taskhub.instances;
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, failure)
            select 'burst-' || n, 0, 'Old', case when n % 2 = 0 then 'Failed' else 'Completed' end,
                   now() - case when n < 60 then 0 else n end * interval '1 s' - n * interval '1 ms',
                   now(), now(), '{"errorType":"E","errorMessage":"burst"}'
              from generate_series(1, 4000) as n
            """
        );

        var listed = (await fixture.App.GetAsync("failed-orchestrations")).Json["items"]!.AsArray();
        await fixture.Database.ExecuteAsync("delete from taskhub.instances");

        Assert.Equal(Enumerable.Range(1, 50).Select(n => $"burst-{n * 2}"), listed.Select(item => item!["instanceId"]!.ToString()));
    }

    [Fact]
    public async Task An_older_orchestration_is_found_behind_days_without_any()
    {
        await fixture.Database.ExecuteAsync("delete from taskhub.instances");
        await InsertAsync("last-year", "'Old', 'broken', now() - interval '400 days', null");

        var listed = (await fixture.App.GetAsync("failed-orchestrations")).Json["items"]!.AsArray();

        Assert.Equal("last-year", Assert.Single(listed)!["instanceId"]!.ToString());
    }

    [Fact]
    public async Task A_parameter_is_rejected()
    {
        var answer = await fixture.App.GetAsync("failed-orchestrations?status=all");

        Assert.Equal((HttpStatusCode.BadRequest, "status"), (answer.Status, answer.Json["errors"]![0]!["parameter"]!.ToString()));
    }

    /// <summary>Stores a failed instance.</summary>
    /// <param name="values">The SQL of its name, reason, creation time and input.</param>
    private Task InsertAsync(string id, string values) =>
        fixture.Database.ExecuteAsync(
            $"""
            insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at, input, failure)
            select '{id}', 0, name, 'Failed', created, now(), now(), input, json_build_object('errorType', 'E', 'errorMessage', reason)::text
              from (values ({values})) as given (name, reason, created, input)
            """
        );

    /// <summary>Runs an orchestration to its failure.</summary>
    private async Task EndAsync(string orchestrator, string id)
    {
        var options = new StartOrchestrationOptions(id);
        await Durable.ScheduleNewOrchestrationInstanceAsync(orchestrator, NoInput, options, CancellationToken.None);
        await Durable.WaitForInstanceCompletionAsync(id, CancellationToken.None).WithinAsync();
    }

    private async Task<JsonNode> ListedAsync(string id) =>
        (await fixture.App.GetAsync("failed-orchestrations")).Json["items"]!
            .AsArray()
            .Single(item => item!["instanceId"]!.ToString() == id)!; // one

    private static long TimeOf(JsonNode item, string member) =>
        DateTimeOffset
            .Parse(item[member]!.ToString(), System.Globalization.CultureInfo.InvariantCulture) // a member of every item
            .ToUnixTimeMilliseconds();
}
