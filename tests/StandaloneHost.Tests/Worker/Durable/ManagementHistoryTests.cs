using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.StandaloneHost.Hosting.Management;

namespace Quorum.StandaloneHost.Tests.Worker.Durable;

/// <summary>A history as the management API shows it. Payloads of inputs are JSON inside a string, results are JSON itself.</summary>
public sealed class ManagementHistoryTests
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_call_that_has_ended_is_one_event_with_its_scheduling_and_its_one_argument()
    {
        Assert.Equal(
            [
                """{"EventType":"TaskCompleted","Result":{"ok":true},"ScheduledTime":"2026-11-20T12:00:01Z","FunctionName":"Fetch","Input":"{\"n\":1}","Timestamp":"2026-11-20T12:00:02Z"}""",
            ],
            Shown(
                new OrchestratorStartedEvent(-1),
                new TaskScheduledEvent(3, "Fetch", "", """[{"n":1}]"""),
                new TaskCompletedEvent(-1, 3, """{"ok":true}""")
            )
        );
    }

    [Fact]
    public void A_call_and_a_child_that_have_not_ended_are_shown_as_scheduled()
    {
        Assert.Equal(
            [
                """{"EventType":"TaskScheduled","Name":"Fetch","Input":"[1]","Timestamp":"2026-11-20T12:00:00Z"}""",
                """{"EventType":"SubOrchestrationInstanceCreated","Name":"Child","InstanceId":"child-1","Input":"2","Timestamp":"2026-11-20T12:00:01Z"}""",
            ],
            Shown(
                new TaskScheduledEvent(3, "Fetch", "", "[1]"),
                new SubOrchestrationInstanceCreatedEvent(4)
                {
                    Name = "Child",
                    InstanceId = "child-1",
                    Input = "2",
                }
            )
        );
    }

    [Fact]
    public void A_child_that_has_ended_is_one_event_that_names_its_instance()
    {
        var created = new SubOrchestrationInstanceCreatedEvent(4) { Name = "Child", InstanceId = "child-1" };

        Assert.Equal(
            """{"EventType":"SubOrchestrationInstanceCompleted","Result":7,"ScheduledTime":"2026-11-20T12:00:00Z","FunctionName":"Child","InstanceId":"child-1","Timestamp":"2026-11-20T12:00:01Z"}""",
            Assert.Single(Shown(created, new SubOrchestrationInstanceCompletedEvent(-1, 4, "7")))
        );
    }

    [Fact]
    public void A_failure_has_its_reason_and_all_inner_failures()
    {
        var failure = new FailureDetails("Outer", "It broke.", "at X", new FailureDetails("Inner", "Deep.", null, null, false), false);

        Assert.Equal(
            """{"EventType":"TaskFailed","Reason":"It broke.","Details":"at X","FailureDetails":{"ErrorType":"Outer","ErrorMessage":"It broke.","StackTrace":"at X","InnerFailure":{"ErrorType":"Inner","ErrorMessage":"Deep.","StackTrace":null,"InnerFailure":null}},"ScheduledTime":"2026-11-20T12:00:00Z","FunctionName":"Fetch","Timestamp":"2026-11-20T12:00:01Z"}""",
            Assert.Single(Shown(new TaskScheduledEvent(3, "Fetch", "", null), new TaskFailedEvent(-1, 3, "It broke.", null, failure)))
        );
    }

    [Fact]
    public void Timers_events_and_control_are_shown_with_what_they_carry()
    {
        Assert.Equal(
            [
                """{"EventType":"TimerCreated","FireAt":"2026-11-21T12:00:00Z","Timestamp":"2026-11-20T12:00:00Z"}""",
                """{"EventType":"TimerFired","Timestamp":"2026-11-20T12:00:01Z"}""",
                """{"EventType":"EventSent","Name":"go","InstanceId":"other","Timestamp":"2026-11-20T12:00:02Z"}""",
                """{"EventType":"EventRaised","Name":"go","Input":"\"now\"","Timestamp":"2026-11-20T12:00:03Z"}""",
                """{"EventType":"ExecutionSuspended","Reason":"lunch","Timestamp":"2026-11-20T12:00:04Z"}""",
                """{"EventType":"ExecutionResumed","Reason":null,"Timestamp":"2026-11-20T12:00:05Z"}""",
                """{"EventType":"ExecutionTerminated","Input":"\"enough\"","Timestamp":"2026-11-20T12:00:06Z"}""",
            ],
            Shown(
                new TimerCreatedEvent(5, Noon.AddDays(1)),
                new TimerFiredEvent(-1) { TimerId = 5, FireAt = Noon.AddDays(1) },
                new EventSentEvent(6) { Name = "go", InstanceId = "other" },
                new EventRaisedEvent(-1, "\"now\"") { Name = "go" },
                new ExecutionSuspendedEvent(-1, "lunch"),
                new ExecutionResumedEvent(-1, null),
                new ExecutionTerminatedEvent(-1, "\"enough\"")
            )
        );
    }

    [Fact]
    public void A_result_that_is_no_JSON_is_shown_as_a_string()
    {
        Assert.Equal(
            """{"EventType":"ExecutionCompleted","OrchestrationStatus":"Completed","Result":"no JSON","Timestamp":"2026-11-20T12:00:00Z"}""",
            Assert.Single(Shown(new ExecutionCompletedEvent(9, "no JSON", OrchestrationStatus.Completed)))
        );
    }

    private static IEnumerable<string> Shown(params HistoryEvent[] history)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            for (var i = 0; i < history.Length; i++)
            {
                history[i].Timestamp = Noon.AddSeconds(i);
            }

            new HistoryWriter(json, showOutput: true, showInput: true).Write(history);
        }

        return JsonSerializer.Deserialize<JsonElement[]>(Encoding.UTF8.GetString(stream.ToArray()))!.Select(shown => shown.GetRawText());
    }
}
