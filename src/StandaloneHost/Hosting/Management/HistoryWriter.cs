using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>
/// Writes a history in the form of the management API: a finished call is one event with the time and the input of its scheduling. Shape:
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
/// </summary>
internal sealed class HistoryWriter(Utf8JsonWriter json, bool showOutput, bool showInput)
{
    /// <summary>Writes the array.</summary>
    /// <param name="history">The history, oldest first.</param>
    public void Write(IList<HistoryEvent> history)
    {
        var scheduled = history
            .Where(entry => entry is TaskScheduledEvent or SubOrchestrationInstanceCreatedEvent)
            .ToDictionary(entry => entry.EventId);
        var finished = history.Select(FinishedCall).OfType<int>().ToHashSet();
        json.WriteStartArray();
        foreach (var entry in history)
        {
            var isShown = entry switch
            {
                OrchestratorStartedEvent or OrchestratorCompletedEvent => false,
                TaskScheduledEvent or SubOrchestrationInstanceCreatedEvent => !finished.Contains(entry.EventId),
                _ => true,
            };
            if (isShown)
            {
                Write(entry, FinishedCall(entry) is { } id ? scheduled.GetValueOrDefault(id) : null);
            }
        }

        json.WriteEndArray();
    }

    // A timer is shown as two events, as the extension does.
    private static int? FinishedCall(HistoryEvent entry) =>
        entry switch
        {
            TaskCompletedEvent completed => completed.TaskScheduledId,
            TaskFailedEvent failed => failed.TaskScheduledId,
            SubOrchestrationInstanceCompletedEvent completed => completed.TaskScheduledId,
            SubOrchestrationInstanceFailedEvent failed => failed.TaskScheduledId,
            _ => null,
        };

    private void Write(HistoryEvent entry, HistoryEvent? origin)
    {
        json.WriteStartObject();
        json.WriteString("EventType", entry.EventType.ToString());
        switch (entry)
        {
            case ExecutionStartedEvent started:
                json.WriteString("FunctionName", started.Name);
                WriteInput(started.Input);
                break;
            case ExecutionCompletedEvent completed:
                json.WriteString("OrchestrationStatus", completed.OrchestrationStatus.ToString());
                WriteResult(completed.Result);
                WriteFailure(completed.FailureDetails);
                break;
            case ExecutionTerminatedEvent terminated:
                WriteInput(terminated.Input);
                break;
            case ExecutionSuspendedEvent suspended:
                json.WriteString("Reason", suspended.Reason);
                break;
            case ExecutionRewoundEvent rewound:
                json.WriteString("Reason", rewound.Reason);
                break;
            case ExecutionResumedEvent resumed:
                json.WriteString("Reason", resumed.Reason);
                break;
            case TaskScheduledEvent call:
                WriteCall(call.Name, null, call.Input);
                break;
            case TaskCompletedEvent completed:
                WriteResult(completed.Result);
                break;
            case TaskFailedEvent failed:
                WriteFailure(failed.FailureDetails);
                break;
            case SubOrchestrationInstanceCreatedEvent call:
                WriteCall(call.Name, call.InstanceId, call.Input);
                break;
            case SubOrchestrationInstanceCompletedEvent completed:
                WriteResult(completed.Result);
                break;
            case SubOrchestrationInstanceFailedEvent failed:
                WriteFailure(failed.FailureDetails);
                break;
            case TimerCreatedEvent timer:
                json.WriteString("FireAt", timer.FireAt);
                break;
            case EventSentEvent sent:
                WriteCall(sent.Name, sent.InstanceId, sent.Input);
                break;
            case EventRaisedEvent raised:
                WriteCall(raised.Name, null, raised.Input);
                break;
        }

        WriteOrigin(origin);
        json.WriteString("Timestamp", entry.Timestamp);
        json.WriteEndObject();
    }

    private void WriteCall(string? name, string? instanceId, string? input)
    {
        json.WriteString("Name", name);
        if (instanceId is not null)
        {
            json.WriteString("InstanceId", instanceId);
        }

        WriteInput(input);
    }

    private void WriteOrigin(HistoryEvent? origin)
    {
        if (origin is null)
        {
            return;
        }

        json.WriteString("ScheduledTime", origin.Timestamp);
        if (origin is TaskScheduledEvent activity)
        {
            json.WriteString("FunctionName", activity.Name);
            WriteInput(activity.Input is ['[', .., ']'] arguments ? arguments[1..^1] : activity.Input); // one argument, stored as an array
        }
        else if (origin is SubOrchestrationInstanceCreatedEvent child)
        {
            json.WriteString("FunctionName", child.Name);
            json.WriteString("InstanceId", child.InstanceId);
            WriteInput(child.Input);
        }
    }

    private void WriteInput(string? input)
    {
        if (showInput && input is not null)
        {
            json.WriteString("Input", input); // as the extension: JSON inside a string
        }
    }

    private void WriteResult(string? result)
    {
        if (showOutput)
        {
            json.WritePropertyName("Result");
            InstanceWriter.WriteJson(json, result);
        }
    }

    private void WriteFailure(FailureDetails? failure)
    {
        if (failure is not null)
        {
            json.WriteString("Reason", failure.ErrorMessage);
            json.WriteString("Details", failure.StackTrace);
            json.WritePropertyName("FailureDetails");
            WriteDetails(failure);
        }
    }

    private void WriteDetails(FailureDetails failure)
    {
        json.WriteStartObject();
        json.WriteString("ErrorType", failure.ErrorType);
        json.WriteString("ErrorMessage", failure.ErrorMessage);
        json.WriteString("StackTrace", failure.StackTrace);
        json.WritePropertyName("InnerFailure");
        if (failure.InnerFailure is { } inner)
        {
            WriteDetails(inner);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }
}
