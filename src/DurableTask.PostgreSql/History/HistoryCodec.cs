using System.Buffers;
using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>History events as JSON that an operator can read with SQL: <c>{"type":"TaskCompleted","at":"...","id":3,"result":{...}}</c>. A
/// payload that is JSON is embedded as it is, any other as a string in a member of its own (<c>resultText</c>). An instance's input and
/// output are in its row only; OrchestratorCompleted is not stored, since replay does not need it.</summary>
/// <remarks>Stored in every task hub: members may be added, never renamed.</remarks>
internal static class HistoryCodec
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 128 };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _writer;

    /// <summary>Writes events as one JSON array.</summary>
    /// <param name="events">The events of one commit.</param>
    /// <param name="inputs">The inputs of scheduled activities by event id, which the events themselves may lack.</param>
    public static byte[] WriteAll(IReadOnlyList<HistoryEvent> events, IReadOnlyDictionary<int, string?>? inputs = null)
    {
        var (buffer, json) = Rent();
        json.WriteStartArray();
        foreach (var historyEvent in events)
        {
            Write(json, historyEvent, null, inputs);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes one event, as the inbox holds it.</summary>
    /// <param name="historyEvent">The event.</param>
    /// <param name="executionId">The generation that it is meant for; <see langword="null"/> for the current one.</param>
    public static byte[] Write(HistoryEvent historyEvent, string? executionId)
    {
        var (buffer, json) = Rent();
        Write(json, historyEvent, executionId, null);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

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

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) Rent()
    {
        if (_writer is not { } writer || writer.Buffer.Capacity > 1 << 20)
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            writer = (buffer, new Utf8JsonWriter(buffer, WriterOptions));
            _writer = writer;
        }

        writer.Buffer.ResetWrittenCount();
        writer.Json.Reset();
        return writer;
    }

    private static void Write(
        Utf8JsonWriter json,
        HistoryEvent historyEvent,
        string? executionId,
        IReadOnlyDictionary<int, string?>? inputs
    )
    {
        json.WriteStartObject();
        json.WriteString("type"u8, TypeName(historyEvent));
        json.WriteString("at"u8, historyEvent.Timestamp);
        WriteOptional(json, "executionId"u8, executionId);
        switch (historyEvent)
        {
            case OrchestratorStartedEvent:
                break;
            case TaskScheduledEvent e:
                json.WriteNumber("id"u8, e.EventId);
                json.WriteString("name"u8, e.Name);
                WriteOptional(json, "version"u8, e.Version);
                Payloads.Write(
                    json,
                    "input"u8,
                    "inputText"u8,
                    inputs is not null && inputs.TryGetValue(e.EventId, out var input) ? input : e.Input
                );
                WriteTrace(json, e.ParentTraceContext);
                WriteTags(json, e.Tags);
                break;
            case TaskCompletedEvent e:
                json.WriteNumber("id"u8, e.TaskScheduledId);
                Payloads.Write(json, "result"u8, "resultText"u8, e.Result);
                break;
            case TaskFailedEvent e:
                json.WriteNumber("id"u8, e.TaskScheduledId);
                WriteFailure(json, e.Reason, e.Details, e.FailureDetails);
                break;
            case ExecutionStartedEvent e:
                WriteStarted(json, e);
                break;
            case ExecutionCompletedEvent e:
                json.WriteNumber("id"u8, e.EventId);
                json.WriteString("status"u8, e.OrchestrationStatus.ToString());
                WriteFailure(json, null, null, e.FailureDetails);
                break;
            case TimerCreatedEvent e:
                json.WriteNumber("id"u8, e.EventId);
                json.WriteString("fireAt"u8, e.FireAt);
                break;
            case TimerFiredEvent e:
                json.WriteNumber("id"u8, e.TimerId);
                json.WriteString("fireAt"u8, e.FireAt);
                break;
            case SubOrchestrationInstanceCreatedEvent e:
                json.WriteNumber("id"u8, e.EventId);
                json.WriteString("name"u8, e.Name);
                json.WriteString("instanceId"u8, e.InstanceId);
                WriteOptional(json, "version"u8, e.Version);
                WriteOptional(json, "clientSpanId"u8, e.ClientSpanId);
                WriteTags(json, e.Tags);
                break;
            case SubOrchestrationInstanceCompletedEvent e:
                json.WriteNumber("id"u8, e.TaskScheduledId);
                Payloads.Write(json, "result"u8, "resultText"u8, e.Result);
                break;
            case SubOrchestrationInstanceFailedEvent e:
                json.WriteNumber("id"u8, e.TaskScheduledId);
                WriteFailure(json, e.Reason, e.Details, e.FailureDetails);
                break;
            case EventSentEvent e:
                json.WriteNumber("id"u8, e.EventId);
                json.WriteString("name"u8, e.Name);
                json.WriteString("instanceId"u8, e.InstanceId);
                break;
            case EventRaisedEvent e:
                json.WriteString("name"u8, e.Name);
                Payloads.Write(json, "input"u8, "inputText"u8, e.Input);
                WriteTrace(json, e.ParentTraceContext);
                break;
            case ExecutionSuspendedEvent e:
                WriteOptional(json, "reason"u8, e.Reason);
                break;
            case ExecutionResumedEvent e:
                WriteOptional(json, "reason"u8, e.Reason);
                break;
            case ExecutionTerminatedEvent e:
                Payloads.Write(json, "output"u8, "outputText"u8, e.Input);
                break;
            case ExecutionRewoundEvent e:
                WriteOptional(json, "reason"u8, e.Reason);
                WriteOptional(json, "parentExecutionId"u8, e.ParentExecutionId);
                WriteTrace(json, e.ParentTraceContext);
                break;
            case GenericEvent e:
                json.WriteNumber("id"u8, e.EventId);
                WriteOptional(json, "data"u8, e.Data);
                break;
            default:
                throw new InvalidOperationException($"History cannot store an event of type {historyEvent.GetType().Name}.");
        }

        json.WriteEndObject();
    }

    private static string TypeName(HistoryEvent historyEvent) =>
        historyEvent switch
        {
            ExecutionCompletedEvent => "ExecutionCompleted",
            SubOrchestrationInstanceCreatedEvent => "SubOrchestrationCreated",
            SubOrchestrationInstanceCompletedEvent => "SubOrchestrationCompleted",
            SubOrchestrationInstanceFailedEvent => "SubOrchestrationFailed",
            _ => EventTypeNames.Of(historyEvent.EventType),
        };

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

    private static void WriteStarted(Utf8JsonWriter json, ExecutionStartedEvent e)
    {
        json.WriteString("name"u8, e.Name);
        WriteOptional(json, "version"u8, e.Version);
        WriteOptional(json, "executionId"u8, e.OrchestrationInstance?.ExecutionId);
        WriteTrace(json, e.ParentTraceContext);
        WriteTags(json, e.Tags);
        if (e.ScheduledStartTime is { } startAt)
        {
            json.WriteString("startAt"u8, startAt);
        }

        if (e.ParentInstance is { } parent)
        {
            json.WriteStartObject("parent"u8);
            json.WriteString("instanceId"u8, parent.OrchestrationInstance.InstanceId);
            WriteOptional(json, "executionId"u8, parent.OrchestrationInstance.ExecutionId);
            json.WriteString("name"u8, parent.Name);
            WriteOptional(json, "version"u8, parent.Version);
            json.WriteNumber("id"u8, parent.TaskScheduleId);
            json.WriteEndObject();
        }
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

    private static void WriteTrace(Utf8JsonWriter json, DistributedTraceContext? trace)
    {
        if (trace is null)
        {
            return;
        }

        WriteOptional(json, "traceParent"u8, trace.TraceParent);
        WriteOptional(json, "traceState"u8, trace.TraceState);
        WriteOptional(json, "activityId"u8, trace.Id);
        WriteOptional(json, "spanId"u8, trace.SpanId);
        if (trace.ActivityStartTime is { } startedAt)
        {
            json.WriteString("spanStartedAt"u8, startedAt.UtcDateTime);
        }
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

    private static void WriteTags(Utf8JsonWriter json, IDictionary<string, string>? tags)
    {
        if (tags is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartObject("tags"u8);
        foreach (var (name, value) in tags)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

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

    private static void WriteFailure(Utf8JsonWriter json, string? reason, string? details, FailureDetails? failure)
    {
        WriteOptional(json, "reason"u8, failure is null ? reason : null);
        WriteOptional(json, "details"u8, details);
        if (failure is not null)
        {
            json.WritePropertyName("failure"u8);
            FailureCodec.Write(json, failure);
        }
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

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
