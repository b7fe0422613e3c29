using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>Reads the history events that <see cref="HistoryEventWriter"/> of this or an earlier version wrote.</summary>
internal static class HistoryEventReader
{
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 128 };

    /// <summary>Reads the events of one history row.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="FormatException">An event has an unknown type or lacks a member.</exception>
    public static void ReadAll(ReadOnlyMemory<byte> utf8, List<HistoryEvent> events)
    {
        using var document = JsonDocument.Parse(utf8, ReaderOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("A history row must be a JSON array.");
        }

        foreach (var element in document.RootElement.EnumerateArray())
        {
            events.Add(ReadOrThrow(element));
        }
    }

    /// <summary>Reads one event of the inbox and the generation it is meant for.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="FormatException">The event has an unknown type or lacks a member.</exception>
    public static (HistoryEvent Event, string? ExecutionId) Read(ReadOnlyMemory<byte> utf8, string instanceId)
    {
        using var document = JsonDocument.Parse(utf8, ReaderOptions);
        var element = document.RootElement;
        var historyEvent = ReadOrThrow(element);
        var executionId = OptionalText(element, "executionId"u8);
        if (executionId is null && historyEvent is not ExecutionStartedEvent && element.TryGetProperty("generation"u8, out var generation))
        {
            executionId = LegacyHistory.ExecutionId(instanceId, generation.GetInt32());
        }

        return (historyEvent, historyEvent is ExecutionStartedEvent ? null : executionId);
    }

    private static HistoryEvent ReadOrThrow(JsonElement e)
    {
        try
        {
            return Read(e);
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"History has an event that cannot be read: {fault.Message}", fault);
        }
    }

    private static HistoryEvent Read(JsonElement e)
    {
        var type = e.GetProperty("type"u8).GetString();
        HistoryEvent historyEvent = type switch
        {
            "OrchestratorStarted" => new OrchestratorStartedEvent(-1),
            "TaskScheduled" => new TaskScheduledEvent(
                Id(e),
                Text(e, "name"u8),
                OptionalText(e, "version"u8),
                Payloads.Read(e, "input"u8, "inputText"u8)
            )
            {
                ParentTraceContext = ReadTrace(e),
                Tags = ReadTags(e),
            },
            "TaskCompleted" => new TaskCompletedEvent(-1, Id(e), Payloads.Read(e, "result"u8, "resultText"u8)),
            "TaskFailed" => new TaskFailedEvent(-1, Id(e), Reason(e), OptionalText(e, "details"u8), ReadFailure(e)),
            "ExecutionStarted" => ReadStarted(e),
            "ExecutionCompleted" => new ExecutionCompletedEvent(
                OptionalId(e),
                null,
                Enum.Parse<OrchestrationStatus>(Text(e, "status"u8)),
                ReadFailure(e)
            ),
            "TimerCreated" => new TimerCreatedEvent(Id(e), Time(e, "fireAt"u8)),
            "TimerFired" => new TimerFiredEvent(-1)
            {
                TimerId = Id(e),
                FireAt = e.TryGetProperty("fireAt"u8, out _) ? Time(e, "fireAt"u8) : Time(e, "at"u8),
            },
            "SubOrchestrationCreated" => new SubOrchestrationInstanceCreatedEvent(Id(e))
            {
                Name = Text(e, "name"u8),
                InstanceId = Text(e, "instanceId"u8),
                Version = OptionalText(e, "version"u8),
                ClientSpanId = OptionalText(e, "clientSpanId"u8),
                Tags = ReadTags(e),
            },
            "SubOrchestrationCompleted" => new SubOrchestrationInstanceCompletedEvent(
                -1,
                Id(e),
                Payloads.Read(e, "result"u8, "resultText"u8)
            ),
            "SubOrchestrationFailed" => new SubOrchestrationInstanceFailedEvent(
                -1,
                Id(e),
                Reason(e),
                OptionalText(e, "details"u8),
                ReadFailure(e)
            ),
            "EventSent" => new EventSentEvent(Id(e)) { Name = Text(e, "name"u8), InstanceId = Text(e, "instanceId"u8) },
            "EventRaised" => new EventRaisedEvent(-1, Payloads.Read(e, "input"u8, "inputText"u8))
            {
                Name = Text(e, "name"u8),
                ParentTraceContext = ReadTrace(e),
            },
            "ExecutionSuspended" => new ExecutionSuspendedEvent(-1, OptionalText(e, "reason"u8)),
            "ExecutionResumed" => new ExecutionResumedEvent(-1, OptionalText(e, "reason"u8)),
            "ExecutionTerminated" => new ExecutionTerminatedEvent(-1, Payloads.Read(e, "output"u8, "outputText"u8)),
            "ExecutionRewound" => new ExecutionRewoundEvent(-1, OptionalText(e, "reason"u8))
            {
                ParentExecutionId = OptionalText(e, "parentExecutionId"u8),
                ParentTraceContext = ReadTrace(e),
            },
            "GenericEvent" => new GenericEvent(OptionalId(e), OptionalText(e, "data"u8)),
            _ => throw new FormatException($"History has an event of type '{type}', which this version does not know."),
        };
        historyEvent.Timestamp = Time(e, "at"u8);
        return historyEvent;
    }

    // Input and OrchestrationInstance are completed from the instance's row.
    private static ExecutionStartedEvent ReadStarted(JsonElement e) =>
        new(-1, null)
        {
            Name = Text(e, "name"u8),
            Version = OptionalText(e, "version"u8),
            OrchestrationInstance = new OrchestrationInstance { ExecutionId = OptionalText(e, "executionId"u8) },
            ParentTraceContext = ReadTrace(e),
            Tags = ReadTags(e),
            ScheduledStartTime = e.TryGetProperty("startAt"u8, out _) ? Time(e, "startAt"u8) : null,
            ParentInstance = e.TryGetProperty("parent"u8, out var parent) ? ReadParent(parent) : null,
        };

    private static ParentInstance ReadParent(JsonElement parent)
    {
        var instanceId = Text(parent, "instanceId"u8);
        return new ParentInstance
        {
            Name = Text(parent, "name"u8),
            Version = OptionalText(parent, "version"u8),
            TaskScheduleId = Id(parent),
            OrchestrationInstance = new OrchestrationInstance
            {
                InstanceId = instanceId,
                ExecutionId =
                    OptionalText(parent, "executionId"u8)
                    ?? (
                        parent.TryGetProperty("generation"u8, out var generation)
                            ? LegacyHistory.ExecutionId(instanceId, generation.GetInt32())
                            : null
                    ),
            },
        };
    }

    private static DistributedTraceContext? ReadTrace(JsonElement e) =>
        OptionalText(e, "traceParent"u8) is not { } traceParent
            ? null
            : new DistributedTraceContext(traceParent, OptionalText(e, "traceState"u8))
            {
                Id = OptionalText(e, "activityId"u8),
                SpanId = OptionalText(e, "spanId"u8),
                ActivityStartTime = e.TryGetProperty("spanStartedAt"u8, out _) ? new DateTimeOffset(Time(e, "spanStartedAt"u8)) : null,
            };

    private static Dictionary<string, string>? ReadTags(JsonElement e)
    {
        if (!e.TryGetProperty("tags"u8, out var tags))
        {
            return null;
        }

        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags.EnumerateObject())
        {
            read[tag.Name] = tag.Value.GetString() ?? "";
        }

        return read;
    }

    private static FailureDetails? ReadFailure(JsonElement e) =>
        e.TryGetProperty("failure"u8, out var failure) ? FailureCodec.Read(failure) : null;

    private static string? Reason(JsonElement e) => OptionalText(e, "reason"u8) ?? ReadFailure(e)?.ErrorMessage;

    private static int Id(JsonElement e) => e.GetProperty("id"u8).GetInt32();

    private static int OptionalId(JsonElement e) => e.TryGetProperty("id"u8, out var id) ? id.GetInt32() : -1;

    private static string Text(JsonElement e, ReadOnlySpan<byte> name) => e.GetProperty(name).GetString() ?? "";

    private static string? OptionalText(JsonElement e, ReadOnlySpan<byte> name) =>
        e.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DateTime Time(JsonElement e, ReadOnlySpan<byte> name) =>
        e.GetProperty(name).GetDateTime() is { Kind: DateTimeKind.Unspecified } time
            ? DateTime.SpecifyKind(time, DateTimeKind.Utc)
            : e.GetProperty(name).GetDateTime().ToUniversalTime();
}
