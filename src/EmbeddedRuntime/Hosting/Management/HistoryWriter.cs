using System.Text.Json;
using Microsoft.DurableTask;

namespace Quorum.EmbeddedRuntime.Hosting.Management;

/// <summary>Writes a history as the management API shows it: a completed call is one event, which tells when and with what
/// it was scheduled. Shape: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api</summary>
internal sealed class HistoryWriter(Utf8JsonWriter json, bool showOutput, bool showInput)
{
    /// <summary>Writes the array.</summary>
    public void Write(IReadOnlyList<HistoryEventView> history)
    {
        var scheduled = new Dictionary<(HistoryEventKind, int), HistoryEventView>();
        var finished = new HashSet<(HistoryEventKind, int)>();
        foreach (var entry in history)
        {
            if (entry.TaskId is { } id)
            {
                if (ScheduledAs(entry.Kind) is { } kind)
                {
                    finished.Add((kind, id));
                }
                else
                {
                    scheduled.TryAdd((entry.Kind, id), entry);
                }
            }
        }

        json.WriteStartArray();
        foreach (var entry in history)
        {
            var isShownWithItsCompletion = entry.TaskId is { } id && ScheduledAs(entry.Kind) is null && finished.Contains((entry.Kind, id));
            if (!isShownWithItsCompletion)
            {
                var origin = entry.TaskId is { } of && ScheduledAs(entry.Kind) is { } kind ? scheduled.GetValueOrDefault((kind, of)) : null;
                WriteEvent(entry, origin);
            }
        }

        json.WriteEndArray();
    }

    private static HistoryEventKind? ScheduledAs(HistoryEventKind kind) => kind switch
    {
        HistoryEventKind.TaskCompleted or HistoryEventKind.TaskFailed => HistoryEventKind.TaskScheduled,
        HistoryEventKind.SubOrchestrationInstanceCompleted or HistoryEventKind.SubOrchestrationInstanceFailed =>
            HistoryEventKind.SubOrchestrationInstanceCreated,
        _ => null,
    };

    private void WriteEvent(HistoryEventView entry, HistoryEventView? origin)
    {
        json.WriteStartObject();
        json.WriteString("EventType", entry.Kind.ToString());
        if (entry.Status is { } status)
        {
            json.WriteString("OrchestrationStatus", status.ToString());
        }

        if (showOutput && entry.Kind is HistoryEventKind.TaskCompleted or HistoryEventKind.SubOrchestrationInstanceCompleted or HistoryEventKind.ExecutionCompleted)
        {
            json.WritePropertyName("Result");
            InstanceWriter.WriteJson(json, entry.Result);
        }

        WriteWhenGiven("Reason", entry.Reason ?? entry.Failure?.ErrorMessage);
        if (entry.Failure is { } failure)
        {
            WriteWhenGiven("Details", failure.StackTrace);
            json.WritePropertyName("FailureDetails");
            WriteFailure(failure);
        }

        if (entry.FireAt is { } fireAt)
        {
            json.WriteString("FireAt", fireAt.UtcDateTime);
        }

        json.WriteString("Timestamp", entry.Timestamp.UtcDateTime);
        if (origin is not null)
        {
            json.WriteString("ScheduledTime", origin.Timestamp.UtcDateTime);
            json.WriteString("FunctionName", origin.Name);
        }
        else
        {
            WriteWhenGiven(entry.Kind == HistoryEventKind.ExecutionStarted ? "FunctionName" : "Name", entry.Name);
        }

        WriteWhenGiven("InstanceId", entry.InstanceId ?? origin?.InstanceId);
        if (showInput && (entry.Input ?? origin?.Input) is { } input)
        {
            json.WriteString("Input", input);
        }

        json.WriteEndObject();
    }

    private void WriteFailure(TaskFailureDetails failure)
    {
        json.WriteStartObject();
        json.WriteString("ErrorType", failure.ErrorType);
        json.WriteString("ErrorMessage", failure.ErrorMessage);
        WriteWhenGiven("StackTrace", failure.StackTrace);
        json.WritePropertyName("InnerFailure");
        if (failure.InnerFailure is { } inner)
        {
            WriteFailure(inner);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private void WriteWhenGiven(string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
