using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>Instances started, shown, listed and purged through the management API.</summary>
public sealed class ManagementTests
{
    private const string Instances = "runtime/webhooks/durabletask/instances";
    private const string Orchestrators = "runtime/webhooks/durabletask/orchestrators";

    [Fact]
    public async Task A_function_starts_an_orchestration_and_answers_where_to_watch_it()
    {
        await using var app = await DurableApp.StartAsync();
        using var response = await app.Client.PostAsync("api/start/GreetAll/one%2F1", new StringContent("Ada,Bob"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var instance = $"{app.Running.Address.AbsoluteUri}{Instances}/one%252F1";
        Assert.Equal(instance, response.Headers.Location?.AbsoluteUri);
        var links = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(instance, links.GetProperty("StatusQueryGetUri").GetString());
        Assert.Equal($"{instance}/raiseEvent/{{eventName}}", links.GetProperty("SendEventPostUri").GetString());
        Assert.Equal($"{instance}/terminate?reason={{text}}", links.GetProperty("TerminatePostUri").GetString());
        Assert.Equal(instance, links.GetProperty("PurgeHistoryDeleteUri").GetString());
    }

    [Fact]
    public async Task An_orchestration_is_started_by_its_name_and_may_be_waited_for()
    {
        await using var app = await DurableApp.StartAsync();
        using var waited = await app.Client.PostAsync($"{Orchestrators}/GreetAll?timeout=60", Json("\"Ada\""));
        Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
        Assert.Equal("""["Hello Ada"]""", await waited.Content.ReadAsStringAsync());

        using var started = await app.Client.PostAsync($"{Orchestrators}/WaitForApproval/w7", null);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal("10", started.Headers.RetryAfter?.ToString());
        Assert.Equal("w7", (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());

        using var again = await app.Client.PostAsync($"{Orchestrators}/WaitForApproval/w7", null);
        await ProblemAssert.IsAsync(again, HttpStatusCode.Conflict);
        using var unknown = await app.Client.PostAsync($"{Orchestrators}/Unknown", null);
        await ProblemAssert.IsAsync(unknown, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_start_that_does_not_end_within_its_timeout_says_where_to_look_again()
    {
        await using var app = await DurableApp.StartAsync();
        using var response = await app.Client.PostAsync($"{Orchestrators}/WaitForApproval/w1?timeout=0.01", null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.EndsWith($"/{Instances}/w1", response.Headers.Location?.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("10", response.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task A_failure_that_was_waited_for_is_shown_and_is_a_500_only_when_asked_to_be()
    {
        await using var app = await DurableApp.StartAsync();
        using var shown = await app.Client.PostAsync($"{Orchestrators}/FailOnPurpose/f1?timeout=600", null);
        using var asked = await app.Client.PostAsync(
            $"{Orchestrators}/FailOnPurpose/f2?timeout=600&returnInternalServerErrorOnFailure=true",
            null
        );

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.InternalServerError), (shown.StatusCode, asked.StatusCode));
        foreach (var (response, id) in new[] { (shown, "f1"), (asked, "f2") })
        {
            var instance = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(
                (id, "Failed"),
                (instance.GetProperty("instanceId").GetString(), instance.GetProperty("runtimeStatus").GetString())
            );
            Assert.Contains("broken on purpose", instance.GetProperty("output").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_finished_instance_is_shown_with_its_input_output_and_custom_status()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/GreetAll/g1", new StringContent("Ada,Bob"));
        var (status, shown) = await app.EndOfAsync("g1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ["name", "instanceId", "runtimeStatus", "input", "customStatus", "output", "createdTime", "lastUpdatedTime"],
            shown.EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal("GreetAll", shown.GetProperty("name").GetString());
        Assert.Equal("g1", shown.GetProperty("instanceId").GetString());
        Assert.Equal("Completed", shown.GetProperty("runtimeStatus").GetString());
        Assert.Equal("Ada,Bob", shown.GetProperty("input").GetString());
        Assert.Equal("""["Hello Ada","Hello Bob"]""", shown.GetProperty("output").GetRawText());
        Assert.Equal("""{"Phase":"greeting"}""", shown.GetProperty("customStatus").GetRawText());
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", shown.GetProperty("createdTime").GetString());
    }

    [Fact]
    public async Task An_input_with_half_a_surrogate_pair_is_shown_and_listed_as_it_came()
    {
        await using var app = await DurableApp.StartAsync();
        using var started = await app.Client.PostAsync($"{Orchestrators}/WaitForApproval/half", Json("\"\\ud800\""));

        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/half");
        var listed = await app.Client.GetFromJsonAsync<JsonElement[]>(Instances);

        Assert.Equal("\"\\ud800\"", shown.GetProperty("input").GetRawText());
        Assert.Equal("\"\\ud800\"", Assert.Single(listed ?? []).GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task History_shows_each_call_once_with_when_it_was_scheduled_and_what_it_gave()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/GreetAll/g1", new StringContent("Ada,Bob"));
        await app.EndOfAsync("g1");
        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/g1?showHistory=true&showHistoryOutput=true");
        var events = shown.GetProperty("historyEvents").EnumerateArray().ToArray();
        Assert.Equal(
            ["ExecutionStarted", "TaskCompleted", "TaskCompleted", "ExecutionCompleted"],
            events.Select(entry => entry.GetProperty("EventType").GetString())
        );
        Assert.Equal("GreetAll", events[0].GetProperty("FunctionName").GetString());
        Assert.Equal("\"Ada,Bob\"", events[0].GetProperty("Input").GetString());
        Assert.All(
            events[1..3],
            entry =>
            {
                Assert.Equal("Greet", entry.GetProperty("FunctionName").GetString());
                Assert.StartsWith("Hello ", entry.GetProperty("Result").GetString(), StringComparison.Ordinal);
                Assert.True(entry.GetProperty("ScheduledTime").GetDateTime() <= entry.GetProperty("Timestamp").GetDateTime());
                Assert.StartsWith("{\"Name\":", entry.GetProperty("Input").GetString(), StringComparison.Ordinal);
            }
        );
        Assert.Equal("Completed", events[3].GetProperty("OrchestrationStatus").GetString());
        Assert.Equal("""["Hello Ada","Hello Bob"]""", events[3].GetProperty("Result").GetRawText());

        var plain = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/g1?showHistory=true&showInput=false");
        Assert.Equal(JsonValueKind.Null, plain.GetProperty("input").ValueKind);
        Assert.All(
            plain.GetProperty("historyEvents").EnumerateArray(),
            entry =>
            {
                Assert.False(entry.TryGetProperty("Result", out _));
                Assert.False(entry.TryGetProperty("Input", out _));
            }
        );
    }

    [Fact]
    public async Task A_running_instance_is_a_202_that_says_where_and_when_to_look_again()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        using var response = await app.Client.GetAsync($"{Instances}/w1");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.EndsWith($"/{Instances}/w1", response.Headers.Location?.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("5", response.Headers.RetryAfter?.ToString());
        Assert.Equal("Running", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task A_failed_instance_tells_why_and_is_a_500_only_when_asked_to_be()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/FailOnPurpose/f1", null);
        var (status, shown) = await app.EndOfAsync("f1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Failed", shown.GetProperty("runtimeStatus").GetString());
        Assert.Contains("broken on purpose", shown.GetProperty("output").GetString(), StringComparison.Ordinal);
        using var asked = await app.Client.GetAsync($"{Instances}/f1?returnInternalServerErrorOnFailure=true&showHistory=true");
        Assert.Equal(HttpStatusCode.InternalServerError, asked.StatusCode);
        var failed = (await asked.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("historyEvents")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("EventType").GetString() == "TaskFailed");
        Assert.Equal("broken on purpose", failed.GetProperty("Reason").GetString());
        Assert.Equal("Break", failed.GetProperty("FunctionName").GetString());
    }

    /// <summary>An instance that cannot be continued: it ends as failed, so that it stops no other, and can be seen and removed.</summary>
    [Fact]
    public async Task An_instance_that_cannot_be_continued_is_shown_and_listed_with_its_reason_and_purged()
    {
        await using var app = await DurableApp.StartAsync("--TaskHub:IdleTime", "00:00:00.010", "--TaskHub:ResultDelay", "00:00:00");
        await app.Client.PostAsync("api/start/WaitForApproval/poison", null);
        await app.Client.PostAsync("api/start/WaitForApproval/sound", null);
        await app.Database.WaitUntilAsync("select bool_and(owner is null and status = 'Running') from taskhub.instances"); // out of memory
        await app.Database.ExecuteAsync("update taskhub.history set events = '[{\"type\":\"Unknown\"}]' where instance_id = 'poison'");
        using var raised = await app.Client.PostAsync($"{Instances}/poison/raiseEvent/Approval", Json("""{"name":"Cy"}"""));

        var (_, shown) = await app.EndOfAsync("poison");
        var listed = await app.Client.GetFromJsonAsync<JsonElement[]>($"{Instances}?runtimeStatus=Failed") ?? [];
        using var terminated = await app.Client.PostAsync($"{Instances}/poison/terminate?reason=enough", null);
        using var purged = await app.Client.DeleteAsync($"{Instances}/poison");

        Assert.Equal("Failed", shown.GetProperty("runtimeStatus").GetString());
        Assert.Contains("'poison' cannot be read", shown.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(shown.GetProperty("output").GetString(), Assert.Single(listed).GetProperty("output").GetString());
        await ProblemAssert.IsAsync(terminated, HttpStatusCode.Gone);
        Assert.Equal("""{"instancesDeleted":1}""", await purged.Content.ReadAsStringAsync());
        using var approved = await app.Client.PostAsync($"{Instances}/sound/raiseEvent/Approval", Json("""{"name":"Cy"}"""));
        Assert.Equal("approved by Cy", (await app.EndOfAsync("sound")).Shown.GetProperty("output").GetString());
    }

    [Fact]
    public async Task Instances_are_listed_by_status_page_by_page_and_purged()
    {
        await using var app = await DurableApp.StartAsync();
        foreach (var id in new[] { "a1", "a2", "a3" })
        {
            await app.Client.PostAsync($"api/start/GreetAll/{id}", new StringContent("Ada"));
            await app.EndOfAsync(id);
        }

        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        var seen = new List<string?>();
        string? token = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Instances}?runtimeStatus=Completed,Failed&top=2");
            if (token is not null)
            {
                request.Headers.Add("x-ms-continuation-token", token);
            }

            using var response = await app.Client.SendAsync(request);
            var page = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.InRange(page.GetArrayLength(), 0, 2);
            seen.AddRange(page.EnumerateArray().Select(instance => instance.GetProperty("instanceId").GetString()));
            token = response.Headers.TryGetValues("x-ms-continuation-token", out var next) ? next.Single() : null;
        } while (token is not null);
        Assert.Equal(["a1", "a2", "a3"], seen.Order(StringComparer.Ordinal));

        using var one = await app.Client.DeleteAsync($"{Instances}/a1");
        Assert.Equal("""{"instancesDeleted":1}""", await one.Content.ReadAsStringAsync());
        using var rest = await app.Client.DeleteAsync($"{Instances}?createdTimeFrom=2000-01-01T00:00:00Z&runtimeStatus=Completed");
        Assert.Equal("""{"instancesDeleted":2}""", await rest.Content.ReadAsStringAsync());
        using var none = await app.Client.DeleteAsync($"{Instances}?createdTimeFrom=2000-01-01T00:00:00Z");
        await ProblemAssert.IsAsync(none, HttpStatusCode.NotFound);
        using var unbounded = await app.Client.DeleteAsync(Instances);
        await ProblemAssert.IsAsync(unbounded, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Instances_are_listed_by_the_beginning_of_their_id_and_by_their_time_with_or_without_inputs()
    {
        await using var app = await DurableApp.StartAsync();
        foreach (var id in new[] { "order-1", "order-2", "invoice-1", "order" })
        {
            await app.Client.PostAsync($"{Orchestrators}/WaitForApproval/{id}", Json($"\"{id}\""));
        }

        Assert.Equal(["order-1", "order-2"], await IdsAsync("instanceIdPrefix=order-"));
        Assert.Equal(["order-1"], await IdsAsync("instanceIdPrefix=order-1&createdTimeFrom=2000-01-01T00:00:00Z"));
        Assert.Empty(await IdsAsync("createdTimeTo=2000-01-01T00:00:00Z"));
        Assert.Empty(await IdsAsync("instanceIdPrefix=ORDER-"));
        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}?instanceIdPrefix=invoice");
        var hidden = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}?instanceIdPrefix=invoice&showInput=false");
        Assert.Equal("invoice-1", shown[0].GetProperty("input").GetString());
        Assert.Equal(JsonValueKind.Null, hidden[0].GetProperty("input").ValueKind);

        async Task<IEnumerable<string?>> IdsAsync(string query) =>
            (await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}?{query}"))
                .EnumerateArray()
                .Select(instance => instance.GetProperty("instanceId").GetString())
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_runs_is_not_purged()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);

        using var purged = await app.Client.DeleteAsync($"{Instances}/w1");
        using var all = await app.Client.DeleteAsync($"{Instances}?createdTimeFrom=2000-01-01T00:00:00Z");

        Assert.Equal("""{"instancesDeleted":0}""", await purged.Content.ReadAsStringAsync());
        await ProblemAssert.IsAsync(all, HttpStatusCode.NotFound);
        using var response = await app.Client.GetAsync($"{Instances}/w1");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
