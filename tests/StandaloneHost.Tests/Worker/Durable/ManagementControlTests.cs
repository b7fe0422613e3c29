using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Quorum.StandaloneHost.Tests.Worker.App;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>Running and failed instances controlled through the management API: events, suspend, resume, terminate, rewind.</summary>
public sealed class ManagementControlTests
{
    private const string Instances = "runtime/webhooks/durabletask/instances";

    [Fact]
    public async Task An_event_reaches_the_instance_that_waits_for_it()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);
        using var raised = await app.Client.PostAsync($"{Instances}/w1/raiseEvent/Approval", Json("""{"name":"Cy"}"""));
        Assert.Equal(HttpStatusCode.Accepted, raised.StatusCode);
        var (_, shown) = await app.EndOfAsync("w1");
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
        await app.UntilStatusAsync("w1", "Suspended");
        Assert.Equal(HttpStatusCode.Accepted, await SteerAsync("resume"));
        await app.UntilStatusAsync("w1", "Running");
        Assert.Equal(HttpStatusCode.Accepted, await SteerAsync("terminate"));
        var (_, shown) = await app.EndOfAsync("w1");
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
    public async Task A_failed_instance_is_rewound_and_one_that_has_not_failed_is_not()
    {
        await using var app = await DurableApp.StartAsync();
        await app.Client.PostAsync("api/start/FailOnPurpose/f1", null);
        await app.EndOfAsync("f1");
        await app.Client.PostAsync("api/start/GreetAll/g1", new StringContent("Ada"));
        await app.EndOfAsync("g1");
        await app.Client.PostAsync("api/start/WaitForApproval/w1", null);

        using var rewound = await app.Client.PostAsync($"{Instances}/f1/rewind?reason=repaired", null);
        using var completed = await app.Client.PostAsync($"{Instances}/g1/rewind", null);
        using var running = await app.Client.PostAsync($"{Instances}/w1/rewind", null);

        Assert.Equal(HttpStatusCode.Accepted, rewound.StatusCode);
        await ProblemAssert.IsAsync(completed, HttpStatusCode.Gone);
        await ProblemAssert.IsAsync(running, HttpStatusCode.Conflict);
        await app.EndOfAsync("f1"); // fails again
        var shown = await app.Client.GetFromJsonAsync<JsonElement>($"{Instances}/f1?showHistory=true");
        var rewind = shown
            .GetProperty("historyEvents")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("EventType").GetString() == "ExecutionRewound");
        Assert.Equal("repaired", rewind.GetProperty("Reason").GetString());
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
