using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Quorum.Functions.Batches;
using Quorum.Functions.Quotes;

namespace Quorum.Functions.Tests.Histories;

/// <summary>The recorded histories of every released orchestrator: the code of this build continues each of them from any event, or the
/// change needs a new version.</summary>
public sealed class RecordedHistoryTests
{
    public static TheoryData<string> Recordings => [.. RecordedHistory.All];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task A_recorded_history_is_followed_from_each_of_its_events(string recording)
    {
        var history = await RecordedHistory.LoadAsync(recording);

        Assert.Null(history.FindDifference(() => ReleasedOrchestrators.Create(history.Orchestrator)));
    }

    [Fact]
    public async Task Every_orchestrator_has_recorded_histories_and_every_path_has_one()
    {
        var orchestrators = typeof(QuorumApplication)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute), false)))
            .Select(method => method.DeclaringType?.Name);
        var recorded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var recording in RecordedHistory.All)
        {
            recorded.Add((await RecordedHistory.LoadAsync(recording)).Orchestrator);
        }

        Assert.Empty(orchestrators.Except(recorded));
        Assert.Empty((await HistoryScenarios.LoadAsync()).All.Keys.Except(RecordedHistory.All));
    }

    [Fact]
    public Task A_renamed_activity_is_a_difference() =>
        DiffersAsync(
            "AggregateBatch-complete",
            async (context, input) =>
            {
                var step = await context.CallActivityAsync<BatchStep>(nameof(BeginBatch), input);
                await context.CallActivityAsync("FetchPrices", step.Ordinals);
                return step.Progress;
            },
            "AggregateBatch-complete, event 6: recorded is TaskScheduled 1 FetchItems, but AggregateBatch does TaskScheduled 1 FetchPrices."
        );

    [Fact]
    public Task A_step_that_was_added_is_a_difference() =>
        DiffersAsync(
            "AggregateBatch-deleted",
            async (context, input) =>
            {
                var progress = await AggregateBatch.RunAsync(context, input);
                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
                return progress;
            },
            "AggregateBatch-deleted, event 6: recorded is ExecutionCompleted Completed, but AggregateBatch does TimerCreated 1."
        );

    [Fact]
    public Task A_step_that_was_removed_is_a_difference() =>
        DiffersAsync(
            "AggregateBatch-waited",
            async (context, input) => (await context.CallActivityAsync<BatchStep>(nameof(BeginBatch), input)).Progress,
            "AggregateBatch-waited, event 6: recorded is TaskScheduled 1 FetchItems, but AggregateBatch does ExecutionCompleted Completed."
        );

    [Fact]
    public async Task A_step_that_comes_earlier_than_recorded_is_a_difference()
    {
        var history = await RecordedHistory.LoadAsync("AggregateQuote-agreed");

        var difference = history.FindDifference(() =>
            ReleasedOrchestrators.Create<AggregateQuoteInput, QuoteSummary>(
                nameof(AggregateQuote),
                async (context, input) =>
                {
                    await context.CallActivityAsync("Audit", input.Symbol);
                    return await AggregateQuote.RunAsync(context, input);
                }
            )
        );

        Assert.StartsWith(
            "AggregateQuote-agreed, event 3: recorded is TaskScheduled 0 LoadReference, but AggregateQuote does TaskScheduled 0 Audit.",
            difference,
            StringComparison.Ordinal
        );
    }

    /// <summary>Writes the recordings that are missing into the source tree. Existing ones stay: they are those of released
    /// versions.</summary>
    [RecordingFact]
    public async Task Missing_recordings_are_written()
    {
        foreach (var (name, (description, record)) in (await HistoryScenarios.LoadAsync()).All)
        {
            var file = Path.Combine(HistoryScenarios.SourceFolder(), name + ".json");
            if (!File.Exists(file))
            {
                await RecordedHistory.SaveAsync(file, description, record().History);
            }
        }
    }

    private static async Task DiffersAsync(
        string recording,
        Func<TaskOrchestrationContext, AggregateBatchInput, Task<BatchProgress>> changed,
        string difference
    )
    {
        var history = await RecordedHistory.LoadAsync(recording);

        Assert.StartsWith(
            difference,
            history.FindDifference(() => ReleasedOrchestrators.Create(nameof(AggregateBatch), changed)),
            StringComparison.Ordinal
        );
    }
}

/// <summary>A fact that writes recordings: only with <c>QUORUM_RECORD_HISTORIES=1</c> in the environment.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RecordingFactAttribute : FactAttribute
{
    public RecordingFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("QUORUM_RECORD_HISTORIES") is not { Length: > 0 })
        {
            Skip = "Writes files; set QUORUM_RECORD_HISTORIES=1.";
        }
    }
}
