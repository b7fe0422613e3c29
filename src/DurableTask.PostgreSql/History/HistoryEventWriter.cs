using System.Buffers;
using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>Writes history events as JSON that an operator can read with SQL:
/// <c>{"type":"TaskCompleted","at":"...","id":3,"result":{...}}</c>. A payload that is JSON is embedded as it is, any other as a string in
/// a member of its own (<c>resultText</c>). An instance's input and output are in its row only; OrchestratorCompleted is not stored, since
/// replay does not need it.</summary>
/// <remarks>Stored in every task hub: members may be added, never renamed. <see cref="HistoryEventReader"/> reads them.</remarks>
internal static class HistoryEventWriter
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

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

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
