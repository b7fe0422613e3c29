using System.Buffers;
using System.Text.Json;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask.History;

/// <summary>History events as JSON, so that an operator can read them with SQL: <c>{"type":"TaskCompleted","at":"...","id":3,"result":{...}}</c>.
/// Payloads stand in it as they are, not as strings. An instance's input and output stand in its row only, what was sent to another instance
/// in that one's row or inbox only.</summary>
/// <remarks>Stored in every task hub: members may be added, never renamed.</remarks>
internal static class HistoryCodec
{
    private static readonly JsonWriterOptions Unvalidated = new() { SkipValidation = true };

    /// <summary>The events as one JSON array.</summary>
    public static byte[] WriteAll(IReadOnlyList<HistoryEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (512 * events.Count));
        using (var json = new Utf8JsonWriter(buffer, Unvalidated))
        {
            json.WriteStartArray();
            for (var i = 0; i < events.Count; i++)
            {
                Write(json, events[i]);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Write(HistoryEvent historyEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Unvalidated))
        {
            Write(json, historyEvent);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static List<HistoryEvent> ReadAll(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var events = new List<HistoryEvent>(document.RootElement.GetArrayLength());
        foreach (var element in document.RootElement.EnumerateArray())
        {
            events.Add(Read(element));
        }

        return events;
    }

    public static HistoryEvent Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return Read(document.RootElement);
    }

    private static void Write(Utf8JsonWriter json, HistoryEvent historyEvent)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, historyEvent.GetType().Name);
        json.WriteString("at"u8, historyEvent.At.UtcDateTime);
        switch (historyEvent)
        {
            case ActionEvent { TaskId: var id }:
                json.WriteNumber("id"u8, id);
                break;
            case ActionResult { TaskId: var id }:
                json.WriteNumber("id"u8, id);
                break;
        }

        switch (historyEvent)
        {
            case TaskScheduled e:
                json.WriteString("name"u8, e.Name);
                WritePayload(json, "input"u8, e.Input);
                break;
            case TaskCompleted e:
                WritePayload(json, "result"u8, e.Result);
                break;
            case TaskFailed e:
                WriteFailure(json, e.Failure);
                break;
            case ExecutionStarted e:
                json.WriteString("name"u8, e.Name);
                WriteOptional(json, "version"u8, e.Version);
                WriteOptional(json, "traceParent"u8, e.TraceParent);
                if (e.Parent is { } parent)
                {
                    json.WriteStartObject("parent"u8);
                    json.WriteString("instanceId"u8, parent.InstanceId);
                    json.WriteString("name"u8, parent.Name);
                    json.WriteNumber("id"u8, parent.TaskId);
                    WriteGeneration(json, parent.Generation);
                    json.WriteEndObject();
                }

                break;
            case ExecutionCompleted e:
                json.WriteString("status"u8, e.Status.ToString());
                if (e.Failure is { } failure)
                {
                    WriteFailure(json, failure);
                }

                break;
            case TimerCreated e:
                json.WriteString("fireAt"u8, e.FireAt.UtcDateTime);
                break;
            case TimerFired:
                break;
            case SubOrchestrationCreated e:
                json.WriteString("name"u8, e.Name);
                json.WriteString("instanceId"u8, e.InstanceId);
                break;
            case SubOrchestrationCompleted e:
                WriteGeneration(json, e.Generation);
                WritePayload(json, "result"u8, e.Result);
                break;
            case SubOrchestrationFailed e:
                WriteGeneration(json, e.Generation);
                WriteFailure(json, e.Failure);
                break;
            case EventSent e:
                json.WriteString("name"u8, e.Name);
                json.WriteString("instanceId"u8, e.InstanceId);
                break;
            case EventRaised e:
                json.WriteString("name"u8, e.Name);
                WritePayload(json, "input"u8, e.Input);
                break;
            case ExecutionSuspended e:
                WriteOptional(json, "reason"u8, e.Reason);
                break;
            case ExecutionResumed e:
                WriteOptional(json, "reason"u8, e.Reason);
                break;
            case ExecutionTerminated e:
                WritePayload(json, "output"u8, e.Output);
                break;
            default:
                throw new InvalidOperationException($"History has no form for {historyEvent.GetType().Name}.");
        }

        json.WriteEndObject();
    }

    private static HistoryEvent Read(JsonElement e)
    {
        var type = e.GetProperty("type"u8).GetString();
        var at = new DateTimeOffset(DateTime.SpecifyKind(e.GetProperty("at"u8).GetDateTime(), DateTimeKind.Utc));
        return type switch
        {
            nameof(TaskScheduled) => new TaskScheduled(at, Id(e), Text(e, "name"u8), ReadPayload(e, "input"u8)),
            nameof(TaskCompleted) => new TaskCompleted(at, Id(e), ReadPayload(e, "result"u8)),
            nameof(TaskFailed) => new TaskFailed(at, Id(e), ReadFailure(e)!),
            nameof(ExecutionStarted) => new ExecutionStarted(
                at, Text(e, "name"u8), Payload.None, OptionalText(e, "version"u8), OptionalText(e, "traceParent"u8),
                e.TryGetProperty("parent"u8, out var parent) ? ReadParent(parent) : null),
            nameof(ExecutionCompleted) => new ExecutionCompleted(
                at, Enum.Parse<InstanceStatus>(Text(e, "status"u8)), Payload.None, ReadFailure(e)),
            nameof(TimerCreated) => new TimerCreated(at, Id(e), new DateTimeOffset(DateTime.SpecifyKind(e.GetProperty("fireAt"u8).GetDateTime(), DateTimeKind.Utc))),
            nameof(TimerFired) => new TimerFired(at, Id(e)),
            nameof(SubOrchestrationCreated) => new SubOrchestrationCreated(at, Id(e), Text(e, "name"u8), Text(e, "instanceId"u8), Payload.None),
            nameof(SubOrchestrationCompleted) => new SubOrchestrationCompleted(at, Id(e), ReadGeneration(e), ReadPayload(e, "result"u8)),
            nameof(SubOrchestrationFailed) => new SubOrchestrationFailed(at, Id(e), ReadGeneration(e), ReadFailure(e)!),
            nameof(EventSent) => new EventSent(at, Id(e), Text(e, "instanceId"u8), Text(e, "name"u8), Payload.None),
            nameof(EventRaised) => new EventRaised(at, Text(e, "name"u8), ReadPayload(e, "input"u8)),
            nameof(ExecutionSuspended) => new ExecutionSuspended(at, OptionalText(e, "reason"u8)),
            nameof(ExecutionResumed) => new ExecutionResumed(at, OptionalText(e, "reason"u8)),
            nameof(ExecutionTerminated) => new ExecutionTerminated(at, ReadPayload(e, "output"u8)),
            _ => throw new InvalidOperationException($"History holds an event of type '{type}', which this version does not know."),
        };
    }

    private static int Id(JsonElement e) => e.GetProperty("id"u8).GetInt32();

    private static string Text(JsonElement e, ReadOnlySpan<byte> name) => e.GetProperty(name).GetString() ?? "";

    private static string? OptionalText(JsonElement e, ReadOnlySpan<byte> name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ParentCall ReadParent(JsonElement parent) =>
        new(Text(parent, "instanceId"u8), Text(parent, "name"u8), Id(parent), ReadGeneration(parent));

    private static int? ReadGeneration(JsonElement e) => e.TryGetProperty("generation"u8, out var generation) ? generation.GetInt32() : null;

    private static void WriteGeneration(Utf8JsonWriter json, int? generation)
    {
        if (generation is { } number)
        {
            json.WriteNumber("generation"u8, number);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WritePayload(Utf8JsonWriter json, ReadOnlySpan<byte> name, Payload payload)
    {
        if (!payload.IsNone)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
        }
    }

    private static Payload ReadPayload(JsonElement e, ReadOnlySpan<byte> name) =>
        e.TryGetProperty(name, out var value) ? Payload.FromJson(value.GetRawText()) : Payload.None;

    private static void WriteFailure(Utf8JsonWriter json, TaskFailureDetails failure)
    {
        json.WritePropertyName("failure"u8);
        FailureCodec.Write(json, failure);
    }

    private static TaskFailureDetails? ReadFailure(JsonElement e) =>
        e.TryGetProperty("failure"u8, out var failure) ? FailureCodec.Read(failure) : null;
}
