using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

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
    public async Task A_finished_instance_is_shown_with_its_input_output_and_custom_status()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/GreetAll/g1", new StringContent("Ada,Bob"));
        var (status, shown) = await EndOfAsync(app, "g1");
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
        await EndOfAsync(app, "g1");
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
    public async Task An_event_reaches_the_instance_that_waits_for_it()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        using var raised = await app.Client.PostAsync($"{Instances}/w1/raiseEvent/Approval", Json("""{"name":"Cy"}"""));
        Assert.Equal(HttpStatusCode.Accepted, raised.StatusCode);
        var (_, shown) = await EndOfAsync(app, "w1");
        Assert.Equal("approved by Cy", shown.GetProperty("output").GetString());

        using var late = await app.Client.PostAsync($"{Instances}/w1/raiseEvent/Approval", Json("""{"name":"Cy"}"""));
        await ProblemAssert.IsAsync(late, HttpStatusCode.Gone);
    }

    [Theory]
    [InlineData("text/plain", "\"x\"")]
    [InlineData("application/json", "{ broken")]
    public async Task An_event_that_is_no_json_is_a_400_problem(string type, string body)
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        using var raised = await app.Client.PostAsync($"{Instances}/w1/raiseEvent/Approval", new StringContent(body, Encoding.UTF8, type));
        await ProblemAssert.IsAsync(raised, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_instance_can_be_suspended_resumed_and_terminated()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        Assert.Equal(HttpStatusCode.Accepted, await SteerAsync("suspend"));
        await UntilStatusAsync(app, "w1", "Suspended");
        Assert.Equal(HttpStatusCode.Accepted, await SteerAsync("resume"));
        await UntilStatusAsync(app, "w1", "Running");
        Assert.Equal(HttpStatusCode.Accepted, await SteerAsync("terminate"));
        var (_, shown) = await EndOfAsync(app, "w1");
        Assert.Equal("Terminated", shown.GetProperty("runtimeStatus").GetString());
        Assert.Equal("because", shown.GetProperty("output").GetString());
        Assert.Equal(HttpStatusCode.Gone, await SteerAsync("terminate"));

        async Task<HttpStatusCode> SteerAsync(string verb)
        {
            using var response = await app.Client.PostAsync($"{Instances}/w1/{verb}?reason=because", null);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_failed_instance_tells_why_and_is_a_500_only_when_asked_to_be()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/FailOnPurpose/f1", null);
        var (status, shown) = await EndOfAsync(app, "f1");
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

    [Fact]
    public async Task A_failed_instance_is_rewound_and_one_that_has_not_failed_is_not()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/FailOnPurpose/f1", null);
        await EndOfAsync(app, "f1");
        await app.Client.PostAsync("api/start/GreetAll/g1", new StringContent("Ada"));
        await EndOfAsync(app, "g1");
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);

        using var rewound = await app.Client.PostAsync($"{Instances}/f1/rewind?reason=repaired", null);
        using var completed = await app.Client.PostAsync($"{Instances}/g1/rewind", null);
        using var running = await app.Client.PostAsync($"{Instances}/w1/rewind", null);

        Assert.Equal(HttpStatusCode.Accepted, rewound.StatusCode);
        await ProblemAssert.IsAsync(completed, HttpStatusCode.Gone);
        await ProblemAssert.IsAsync(running, HttpStatusCode.Conflict);
        await EndOfAsync(app, "f1"); // fails again
        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/f1?showHistory=true");
        var rewind = shown
            .GetProperty("historyEvents")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("EventType").GetString() == "ExecutionRewound");
        Assert.Equal("repaired", rewind.GetProperty("Reason").GetString());
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

        var (_, shown) = await EndOfAsync(app, "poison");
        var listed = await app.Client.GetFromJsonAsync<JsonElement[]>($"{Instances}?runtimeStatus=Failed") ?? [];
        using var terminated = await app.Client.PostAsync($"{Instances}/poison/terminate?reason=enough", null);
        using var purged = await app.Client.DeleteAsync($"{Instances}/poison");

        Assert.Equal("Failed", shown.GetProperty("runtimeStatus").GetString());
        Assert.Contains("'poison' cannot be read", shown.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(shown.GetProperty("output").GetString(), Assert.Single(listed).GetProperty("output").GetString());
        await ProblemAssert.IsAsync(terminated, HttpStatusCode.Gone);
        Assert.Equal("""{"instancesDeleted":1}""", await purged.Content.ReadAsStringAsync());
        using var approved = await app.Client.PostAsync($"{Instances}/sound/raiseEvent/Approval", Json("""{"name":"Cy"}"""));
        Assert.Equal("approved by Cy", (await EndOfAsync(app, "sound")).Shown.GetProperty("output").GetString());
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
    public async Task Instances_are_listed_by_status_page_by_page_and_purged()
    {
        await using var app = await DurableApp.StartAsync();
        foreach (var id in new[] { "a1", "a2", "a3" })
        {
            await app.Client.PostAsync($"api/start/GreetAll/{id}", new StringContent("Ada"));
            await EndOfAsync(app, id);
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

    [Theory]
    [InlineData("GET", Instances + "/unknown")]
    [InlineData("DELETE", Instances + "/unknown")]
    [InlineData("POST", Instances + "/unknown/terminate")]
    [InlineData("POST", Instances + "/unknown/rewind")]
    [InlineData("POST", Instances + "/unknown/raiseEvent/X")]
    [InlineData("POST", Instances + "/unknown/dance")]
    [InlineData("PUT", Instances)]
    [InlineData("GET", "runtime/webhooks/durabletask")]
    [InlineData("GET", "runtime/webhooks/durabletaskx/instances")]
    public async Task What_does_not_exist_is_a_404_problem(string method, string path)
    {
        await using var app = await DurableApp.StartAsync();
        using var response = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await ProblemAssert.IsAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", Instances, "Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll", "Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("GET", Instances, "Host", "evil.example", HttpStatusCode.BadRequest)]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll", "Host", "evil.example", HttpStatusCode.BadRequest)]
    public async Task While_keys_are_off_pages_of_other_sites_neither_read_nor_start_instances(
        string method,
        string path,
        string header,
        string value,
        HttpStatusCode status
    )
    {
        await using var app = await DurableApp.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add(header, value);
        using var response = await app.Client.SendAsync(request);
        await ProblemAssert.IsAsync(response, status);
        Assert.Empty(await app.Client.GetFromJsonAsync<JsonElement[]>(Instances) ?? []);
    }

    [Theory]
    [InlineData("GET", Instances + "/%FF")]
    [InlineData("GET", Instances + "?instanceIdPrefix=%FF")]
    [InlineData("POST", "runtime/webhooks/durabletask/orchestrators/GreetAll/%C3")]
    public async Task An_address_that_is_not_UTF_8_is_a_400_problem(string method, string path)
    {
        await using var app = await DurableApp.StartAsync();
        var answer = await RawHttp.SendAsync(
            app.Running.Address,
            $"{method} /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        );
        Assert.Equal(400, answer.Status);
        ProblemAssert.Is(answer.Body, 400);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode Status, JsonElement Shown)> EndOfAsync(DurableApp app, string id)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        var client = (Microsoft.DurableTask.Client.DurableTaskClient?)
            app.Running.Host.Services.GetService(typeof(Microsoft.DurableTask.Client.DurableTaskClient));
        await client!.WaitForInstanceCompletionAsync(id, deadline.Token); // a durable app has a client
        using var response = await app.Client.GetAsync($"{Instances}/{id}", deadline.Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token));
    }

    private static async Task UntilStatusAsync(DurableApp app, string id, string status)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        string? seen;
        do
        {
            seen = (await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/{id}", deadline.Token))
                .GetProperty("runtimeStatus")
                .GetString();
        } while (seen != status);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("function-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData("system-key-0123456789", HttpStatusCode.OK)]
    [InlineData("master-key-0123456789", HttpStatusCode.OK)]
    public async Task Where_keys_are_asked_for_it_takes_the_system_or_the_master_key(string? key, HttpStatusCode expected)
    {
        await using var app = await DurableApp.StartAsync(
            "--Functions:Authorization:Enabled",
            "true",
            "--Functions:Keys:Master",
            "master-key-0123456789",
            "--Functions:Keys:Function:default",
            "function-key-0123456789",
            "--Functions:Keys:System:durabletask",
            "system-key-0123456789"
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, Instances);
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var response = await app.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_request_whatever_its_path_query_and_body_makes_it_fail(int seed)
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        var random = new Random(seed);
        string[] methods = ["GET", "POST", "DELETE", "PUT", "HEAD", "PATCH"];
        string[] parts =
        [
            "instances",
            "orchestrators",
            "w1",
            "none",
            "GreetAll",
            "raiseEvent",
            "terminate",
            "rewind",
            "suspend",
            "resume",
            "Approval",
            "..",
            "%2F",
            "%25",
            "a%20b",
            "%C3%BC",
            "%F0%9F%98%80",
            "%FF",
            "x{y}",
            new string('i', 101),
            new string('l', 4000),
            "'; drop table taskhub.instances; --",
            "%0A",
            "%7F",
        ];
        string[] names =
        [
            "createdTimeFrom",
            "createdTimeTo",
            "runtimeStatus",
            "instanceIdPrefix",
            "top",
            "showHistory",
            "showInput",
            "reason",
            "code",
            "taskHub",
            "returnInternalServerErrorOnFailure",
        ];
        string[] values =
        [
            "",
            "0",
            "-1",
            "99999999999",
            "true",
            "2026-11-25T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.9999999-14:00",
            "Running,nonsense",
            "Completed",
            "%00",
            "%uD800",
            "%ud83d%ude00",
            "a%26b",
            "'",
            new string('v', 3000),
        ];
        byte[][] bodies =
        [
            [],
            "{}"u8.ToArray(),
            "\"\\u0000\""u8.ToArray(),
            "\"\\ud800\""u8.ToArray(),
            [0x22, 0xFF, 0x22],
            "nonsense"u8.ToArray(),
            Encoding.UTF8.GetBytes(new string('[', 2000)),
        ];
        for (var n = 0; n < 400; n++)
        {
            var path = string.Join(
                '/',
                Enumerable.Range(0, random.Next(1, 5)).Select(i => i == 0 ? parts[random.Next(2)] : parts[random.Next(parts.Length)])
            );
            var query = string.Join(
                '&',
                Enumerable.Range(0, random.Next(4)).Select(_ => $"{names[random.Next(names.Length)]}={values[random.Next(values.Length)]}")
            );
            var address = $"runtime/webhooks/durabletask/{path}?{query}";
            using var request = new HttpRequestMessage(new HttpMethod(methods[random.Next(methods.Length)]), address);
            if (request.Method == HttpMethod.Post)
            {
                request.Content = new ByteArrayContent(bodies[random.Next(bodies.Length)]);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(3) == 0 ? "text/odd" : "application/json");
            }

            if (random.Next(4) == 0)
            {
                request.Headers.TryAddWithoutValidation("x-ms-continuation-token", values[random.Next(values.Length)]);
            }

            using var response = await app.Client.SendAsync(request);

            Assert.True((int)response.StatusCode < 500, $"seed {seed}, {n}: {request.Method} {address} gave {(int)response.StatusCode}");
        }
    }
}
