using System.Text.Json;
using Microsoft.DurableTask;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>Writes a history as the management API shows it: a finished call is one event, which tells when and with what
/// it was scheduled. Shape: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api</summary>
internal sealed class HistoryWriter(Utf8JsonWriter json, bool showOutput, bool showInput)
{
    /// <summary>Writes the array.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="input">The instance's, which its history does not repeat.</param>
    /// <param name="output">The instance's, which its history does not repeat.</param>
    public void Write(IReadOnlyList<HistoryEvent> history, Payload input, Payload output)
    {
        var scheduled = history.OfType<ActionEvent>().ToDictionary(action => action.TaskId);
        var finished = history.Select(FinishedTask).OfType<int>().ToHashSet();
        json.WriteStartArray();
        foreach (var entry in history)
        {
            switch (entry)
            {
                case TaskScheduled or SubOrchestrationCreated when entry is ActionEvent action && finished.Contains(action.TaskId):
                    break;
                case ExecutionStarted started:
                    Write(started with { Input = input }, null);
                    break;
                case ExecutionCompleted completed:
                    Write(completed with { Result = output }, null);
                    break;
                default:
                    Write(entry, FinishedTask(entry) is { } id ? scheduled.GetValueOrDefault(id) : null);
                    break;
            }
        }

        json.WriteEndArray();
    }

    // A timer is shown as two events, as the extension does.
    private static int? FinishedTask(HistoryEvent entry) => entry is ActionResult result and not TimerFired ? result.TaskId : null;

    private void Write(HistoryEvent entry, ActionEvent? origin)
    {
        json.WriteStartObject();
        json.WriteString("EventType", TypeOf(entry));
        switch (entry)
        {
            case ExecutionStarted started:
                json.WriteString("FunctionName", started.Name);
                WriteInput(started.Input);
                break;
            case ExecutionCompleted completed:
                json.WriteString("OrchestrationStatus", completed.Status.ToString());
                WriteResult(completed.Result);
                WriteFailure(completed.Failure);
                break;
            case ExecutionTerminated terminated:
                WriteInput(terminated.Output);
                break;
            case ExecutionSuspended suspended:
                json.WriteString("Reason", suspended.Reason);
                break;
            case ExecutionResumed resumed:
                json.WriteString("Reason", resumed.Reason);
                break;
            case TaskScheduled call:
                WriteCall(call.Name, null, call.Input);
                break;
            case TaskCompleted completed:
                WriteResult(completed.Result);
                break;
            case TaskFailed failed:
                WriteFailure(failed.Failure);
                break;
            case SubOrchestrationCreated call:
                WriteCall(call.Name, call.InstanceId, call.Input);
                break;
            case SubOrchestrationCompleted completed:
                WriteResult(completed.Result);
                break;
            case SubOrchestrationFailed failed:
                WriteFailure(failed.Failure);
                break;
            case TimerCreated timer:
                json.WriteString("FireAt", timer.FireAt.UtcDateTime);
                break;
            case EventSent sent:
                WriteCall(sent.Name, sent.InstanceId, sent.Input);
                break;
            case EventRaised raised:
                WriteCall(raised.Name, null, raised.Input);
                break;
        }

        WriteOrigin(origin);
        json.WriteString("Timestamp", entry.At.UtcDateTime);
        json.WriteEndObject();
    }

    private static string TypeOf(HistoryEvent entry) => entry switch
    {
        SubOrchestrationCreated => "SubOrchestrationInstanceCreated",
        SubOrchestrationCompleted => "SubOrchestrationInstanceCompleted",
        SubOrchestrationFailed => "SubOrchestrationInstanceFailed",
        _ => entry.GetType().Name,
    };

    private void WriteCall(string name, string? instanceId, Payload input)
    {
        json.WriteString("Name", name);
        if (instanceId is not null)
        {
            json.WriteString("InstanceId", instanceId);
        }

        WriteInput(input);
    }

    private void WriteOrigin(ActionEvent? origin)
    {
        if (origin is null)
        {
            return;
        }

        json.WriteString("ScheduledTime", origin.At.UtcDateTime);
        if (origin is TaskScheduled activity)
        {
            json.WriteString("FunctionName", activity.Name);
            WriteInput(activity.Input);
        }
        else if (origin is SubOrchestrationCreated child)
        {
            json.WriteString("FunctionName", child.Name);
            json.WriteString("InstanceId", child.InstanceId);
            WriteInput(child.Input);
        }
    }

    private void WriteInput(Payload input)
    {
        if (showInput && !input.IsNone)
        {
            json.WriteString("Input", input.Utf8.Span); // as the extension: JSON inside a string
        }
    }

    private void WriteResult(Payload result)
    {
        if (showOutput)
        {
            json.WritePropertyName("Result");
            InstanceWriter.WriteJson(json, result.ToJson());
        }
    }

    private void WriteFailure(TaskFailureDetails? failure)
    {
        if (failure is not null)
        {
            json.WriteString("Reason", failure.ErrorMessage);
            json.WriteString("Details", failure.StackTrace);
            json.WritePropertyName("FailureDetails");
            WriteDetails(failure);
        }
    }

    private void WriteDetails(TaskFailureDetails failure)
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
