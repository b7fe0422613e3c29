using System.Text;
using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Tests.History;

/// <summary>The stored form of histories: what is written must be read again, also by later versions.</summary>
public sealed class HistoryFormatTests
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, 123, DateTimeKind.Utc);
    private static readonly FailureDetails Failure = new(
        "Broken",
        "It broke.",
        "at X",
        new FailureDetails("Inner", "Deep.", null, null, false),
        true
    );

    /// <summary>Every type that an orchestration's history or inbox can hold.</summary>
    public static TheoryData<HistoryEvent> Events =>
        [
            new OrchestratorStartedEvent(-1),
            new TaskScheduledEvent(3, "Fetch", "2", """[{"n":1}]""") { Tags = new Dictionary<string, string> { ["a"] = "b" } },
            new TaskCompletedEvent(-1, 3, """{"ok":true}"""),
            new TaskFailedEvent(-1, 3, Failure.ErrorMessage, "details", Failure),
            new TimerCreatedEvent(4, Noon.AddDays(1)),
            new TimerFiredEvent(-1) { TimerId = 4, FireAt = Noon.AddDays(1) },
            new SubOrchestrationInstanceCreatedEvent(5)
            {
                Name = "Child",
                InstanceId = "child",
                Version = "1",
                ClientSpanId = "0123456789abcdef",
            },
            new SubOrchestrationInstanceCompletedEvent(-1, 5, "7"),
            new SubOrchestrationInstanceFailedEvent(-1, 5, "reason", null, null),
            new EventSentEvent(6) { Name = "go", InstanceId = "other" },
            new EventRaisedEvent(-1, "\"x\"") { Name = "go" },
            new ExecutionSuspendedEvent(-1, "lunch"),
            new ExecutionResumedEvent(-1, "after lunch"),
            new ExecutionTerminatedEvent(-1, "no JSON"),
            new ExecutionRewoundEvent(-1, "repaired")
            {
                ParentExecutionId = "second",
                ParentTraceContext = new DistributedTraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            },
            new GenericEvent(8, "data"),
            new ExecutionCompletedEvent(9, null, OrchestrationStatus.Failed, Failure),
        ];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_read_as_it_was_written(HistoryEvent written)
    {
        ArgumentNullException.ThrowIfNull(written);
        written.Timestamp = Noon;

        var (read, executionId) = HistoryEventReader.Read(HistoryEventWriter.Write(written, "first"), "instance");

        Assert.Equal("first", executionId);
        Assert.Equal(written.GetType(), read.GetType());
        Assert.Equal(JsonOf(written), JsonOf(read));
    }

    [Fact]
    public void A_start_keeps_its_parent_its_tags_and_its_time()
    {
        var start = new ExecutionStartedEvent(-1, "is stored in the row")
        {
            Name = "Child",
            Version = "1",
            Timestamp = Noon,
            ScheduledStartTime = Noon.AddHours(1),
            Tags = new Dictionary<string, string> { ["kind"] = "test" },
            OrchestrationInstance = new OrchestrationInstance { InstanceId = "child", ExecutionId = "first" },
            ParentInstance = new ParentInstance
            {
                Name = "Parent",
                TaskScheduleId = 5,
                OrchestrationInstance = new OrchestrationInstance { InstanceId = "parent", ExecutionId = "its" },
            },
        };
        var events = new List<HistoryEvent>();

        HistoryEventReader.ReadAll(HistoryEventWriter.WriteAll([start]), events);

        var read = Assert.IsType<ExecutionStartedEvent>(Assert.Single(events));
        Assert.Equal(("Child", "1", Noon, Noon.AddHours(1)), (read.Name, read.Version, read.Timestamp, read.ScheduledStartTime));
        Assert.Null(read.Input);
        Assert.Equal("first", read.OrchestrationInstance.ExecutionId);
        Assert.Equal("test", read.Tags["kind"]);
        Assert.Equal(
            ("Parent", 5, "parent", "its"),
            (
                read.ParentInstance.Name,
                read.ParentInstance.TaskScheduleId,
                read.ParentInstance.OrchestrationInstance.InstanceId,
                read.ParentInstance.OrchestrationInstance.ExecutionId
            )
        );
    }

    [Fact]
    public void The_inputs_of_calls_come_from_their_messages_if_the_events_lack_them()
    {
        var events = new List<HistoryEvent>();

        HistoryEventReader.ReadAll(
            HistoryEventWriter.WriteAll(
                [new TaskScheduledEvent(3, "Fetch", "", null), new TaskScheduledEvent(4, "Fetch", "", "[4]")],
                new Dictionary<int, string?> { [3] = "[3]" }
            ),
            events
        );

        Assert.Equal(["[3]", "[4]"], events.Cast<TaskScheduledEvent>().Select(call => call.Input));
    }

    [Theory]
    [InlineData("""{"type":"Unheard","at":"2026-11-20T12:00:00Z"}""", "'Unheard'")]
    [InlineData("""{"type":"TaskCompleted","at":"2026-11-20T12:00:00Z"}""", "cannot be read")]
    [InlineData("""{"type":"TimerFired","id":"four","at":"2026-11-20T12:00:00Z"}""", "cannot be read")]
    [InlineData("""{"at":"2026-11-20T12:00:00Z"}""", "cannot be read")]
    public void An_event_that_cannot_be_read_is_a_format_exception_that_says_why(string json, string expected)
    {
        var fault = Assert.Throws<FormatException>(() => HistoryEventReader.Read(Encoding.UTF8.GetBytes(json), "instance"));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_no_array_is_a_format_exception()
    {
        Assert.Throws<FormatException>(() => HistoryEventReader.ReadAll("{}"u8.ToArray(), []));
        Assert.ThrowsAny<JsonException>(() => HistoryEventReader.ReadAll("[{"u8.ToArray(), []));
    }

    [Fact]
    public void A_message_of_version_0_1_names_its_generation_by_number()
    {
        var (_, executionId) = HistoryEventReader.Read(
            """{"type":"EventRaised","at":"2026-11-20T12:00:00Z","name":"go","generation":2}"""u8.ToArray(),
            "instance"
        );

        Assert.Equal("instance:2", executionId);
    }

    private static string JsonOf(HistoryEvent historyEvent) =>
        JsonSerializer.Serialize(historyEvent, historyEvent.GetType(), JsonSerializerOptions.Web);
}
