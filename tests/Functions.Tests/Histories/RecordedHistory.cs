using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.Functions.Tests.Histories;

/// <summary>The history of one instance of a released orchestrator, in the form in which the task hub stores it.</summary>
internal sealed class RecordedHistory
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IReadOnlyList<HistoryEvent> _events;

    private RecordedHistory(string recording, string orchestrator, IReadOnlyList<HistoryEvent> events)
    {
        Recording = recording;
        Orchestrator = orchestrator;
        _events = events;
    }

    /// <summary>The folder of the recordings, beside the tests.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Histories");

    /// <summary>The names of all recordings.</summary>
    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>The name of the file.</summary>
    public string Recording { get; }

    /// <summary>The name of the orchestrator.</summary>
    public string Orchestrator { get; }

    public static async Task<RecordedHistory> LoadAsync(string recording)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, recording + ".json")))!.AsObject();
        var stored = new List<HistoryEvent>();
        HistoryEventReader.ReadAll(Encoding.UTF8.GetBytes(json["events"]!.ToJsonString()), stored); // each recording has its members
        var events = LegacyHistory.Replayable(stored);
        var start = events.OfType<ExecutionStartedEvent>().Single();
        start.Input = json["input"]!.ToJsonString();
        start.OrchestrationInstance = new OrchestrationInstance
        {
            InstanceId = json["instanceId"]!.ToString(),
            ExecutionId = json["executionId"]?.ToString() ?? recording,
        };
        return new RecordedHistory(recording, start.Name, events);
    }

    /// <summary>Writes a recording.</summary>
    /// <param name="path">The file.</param>
    /// <param name="recorded">The path that the instance took, as a sentence.</param>
    /// <param name="events">Its events; the first but one is the start.</param>
    public static Task SaveAsync(string path, string recorded, IReadOnlyList<HistoryEvent> events)
    {
        var start = events.OfType<ExecutionStartedEvent>().Single();
        var json = new JsonObject
        {
            ["recorded"] = recorded,
            ["instanceId"] = start.OrchestrationInstance.InstanceId,
            ["executionId"] = start.OrchestrationInstance.ExecutionId,
            ["name"] = start.Name,
            ["input"] = JsonNode.Parse(start.Input),
            ["events"] = JsonNode.Parse(HistoryEventWriter.WriteAll(events)),
        };
        return File.WriteAllTextAsync(path, json.ToJsonString(Indented) + "\n");
    }

    /// <summary>Replays the history up to each of its events, and compares what the orchestrator does next with what is recorded.</summary>
    /// <param name="create">Creates the orchestration, once for each replay.</param>
    /// <returns>The first difference; <see langword="null"/> if the orchestrator follows the history.</returns>
    public string? FindDifference(Func<TaskOrchestration> create)
    {
        var first = 1 + _events.ToList().FindIndex(e => e is ExecutionStartedEvent);
        var last = _events[^1] is ExecutionCompletedEvent ? _events.Count - 1 : _events.Count;
        for (var length = first; length <= last; length++)
        {
            var done = OrchestrationReplay.Run([.. _events.Take(length)], create()).Select(Describe).ToList();
            if (FindDifference(length, done) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private string? FindDifference(int length, List<string> done)
    {
        // The rest of the turn. Some of its steps may be reactions to events that this replay did not include.
        var rest = _events.Skip(length).TakeWhile(e => e is not OrchestratorStartedEvent).ToList();
        var recorded = rest.Where(IsStep).Select(Describe).ToList();
        var isWholeTurn = recorded.Count == rest.Count;
        for (var i = 0; i < Math.Max(done.Count, recorded.Count); i++)
        {
            var expected = i < recorded.Count ? recorded[i] : null;
            var actual = i < done.Count ? done[i] : null;
            if (expected != actual && !(actual is null && !isWholeTurn))
            {
                return $"{Recording}, event {length + rest.Count - recorded.Count + i + 1}: recorded is {expected ?? "no further step"}, but {Orchestrator} "
                    + $"{(actual is null ? "does not take that step" : "does " + actual)}. Its history was replayed up to event {length}, "
                    + $"{Describe(_events[length - 1])}. A released orchestrator with other steps needs a new version: see CONTRIBUTING.md.";
            }
        }

        return null;
    }

    private static bool IsStep(HistoryEvent historyEvent) =>
        historyEvent
            is TaskScheduledEvent
                or TimerCreatedEvent
                or SubOrchestrationInstanceCreatedEvent
                or EventSentEvent
                or ExecutionCompletedEvent;

    private static string Describe(HistoryEvent historyEvent) =>
        historyEvent switch
        {
            TaskScheduledEvent e => $"TaskScheduled {e.EventId} {e.Name}",
            TimerCreatedEvent e => $"TimerCreated {e.EventId}",
            SubOrchestrationInstanceCreatedEvent e => $"SubOrchestrationCreated {e.EventId} {e.Name}",
            EventSentEvent e => $"EventSent {e.EventId} {e.Name}",
            ExecutionCompletedEvent e => $"ExecutionCompleted {e.OrchestrationStatus}",
            TaskCompletedEvent e => $"TaskCompleted {e.TaskScheduledId}",
            TaskFailedEvent e => $"TaskFailed {e.TaskScheduledId}",
            TimerFiredEvent e => $"TimerFired {e.TimerId}",
            EventRaisedEvent e => $"EventRaised {e.Name}",
            _ => EventTypeNames.Of(historyEvent.EventType),
        };

    private static string Describe(OrchestratorAction action) =>
        action switch
        {
            ScheduleTaskOrchestratorAction a => $"TaskScheduled {a.Id} {a.Name}",
            CreateTimerOrchestratorAction a => $"TimerCreated {a.Id}",
            CreateSubOrchestrationAction a => $"SubOrchestrationCreated {a.Id} {a.Name}",
            SendEventOrchestratorAction a => $"EventSent {a.Id} {a.EventName}",
            OrchestrationCompleteOrchestratorAction { OrchestrationStatus: OrchestrationStatus.Failed } a
                when a.FailureDetails?.ErrorType?.Contains("NonDeterministic", StringComparison.Ordinal) is true =>
                $"something else than recorded: {a.FailureDetails.ErrorMessage}",
            OrchestrationCompleteOrchestratorAction a => $"ExecutionCompleted {a.OrchestrationStatus}",
            _ => action.OrchestratorActionType.ToString(),
        };
}
