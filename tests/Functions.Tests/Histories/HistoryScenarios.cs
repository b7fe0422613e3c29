using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Quorum.Functions.Batches;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Histories;

/// <summary>The paths through the orchestrators that have recorded histories. The providers' answers are those of a recording of the
/// running app (<c>AggregateQuote-2</c>).</summary>
internal sealed class HistoryScenarios
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 15, 0, 3, TimeSpan.Zero);

    private readonly JsonObject _real;

    private HistoryScenarios(JsonObject real) => _real = real;

    /// <summary>The paths by the name of their recording, each with its description.</summary>
    public IReadOnlyDictionary<string, (string Description, Func<HistoryRecorder> Record)> All =>
        new Dictionary<string, (string, Func<HistoryRecorder>)>(StringComparer.Ordinal)
        {
            ["AggregateQuote-complete"] = ("All providers answered; no caller asked for agreement.", Complete),
            ["AggregateQuote-agreed"] = ("Three providers agreed, then the others answered.", Agreed),
            ["AggregateQuote-agreed-at-once"] = (
                "All providers agreed before the reference data was there: one publication.",
                AgreedAtOnce
            ),
            ["AggregateQuote-joined"] = ("A caller joined after three answers, whose agreement was enough for it.", Joined),
            ["AggregateQuote-timed-out"] = ("Two providers had not answered at the deadline.", TimedOut),
            ["AggregateQuote-publication-retried"] = ("The publication failed twice.", () => Retried(failures: 2)),
            ["AggregateQuote-publication-given-up"] = ("The publication failed ten times.", () => Retried(failures: 10)),
            ["AggregateQuote-terminated"] = ("An operator terminated it while it waited for the providers.", Terminated),
            ["AggregateBatch-complete"] = ("Two windows, then every item had its result.", BatchComplete),
            ["AggregateBatch-waited"] = ("A quota was used up; the batch waited for it twice.", BatchWaited),
            ["AggregateBatch-cancelled"] = ("It was cancelled while it waited for a quota.", BatchCancelled),
            ["AggregateBatch-continued-as-new"] = ("Twenty rounds, then continued as new.", BatchContinued),
            ["AggregateBatch-settling-retried"] = ("PostgreSQL was unavailable when the results were to be stored.", BatchRetried),
            ["AggregateBatch-deleted"] = ("The batch had been deleted when it began.", BatchDeleted),
        };

    public static async Task<HistoryScenarios> LoadAsync() =>
        new(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(RecordedHistory.Folder, "AggregateQuote-2.json")))!.AsObject()); // an object

    /// <summary>The folder of the recordings in the source tree.</summary>
    public static string SourceFolder([CallerFilePath] string path = "") =>
        Path.GetDirectoryName(path) ?? throw new InvalidOperationException("This file has no path.");

    private HistoryRecorder Complete() =>
        Answer(Quote(agree: null), "finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd")
            .Turn()
            .Complete(nameof(PublishQuote))
            .Turn();

    private HistoryRecorder Agreed() =>
        Answer(Answer(Quote(agree: 3), "alpaca", "twelve-data", "finnhub").Turn(), "alpha-vantage", "eodhd", "massive")
            .Turn()
            .Complete(nameof(PublishQuote))
            .Turn()
            .Complete(nameof(PublishQuote))
            .Turn();

    private HistoryRecorder AgreedAtOnce() =>
        Answer(Ask(agree: 3), "finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd")
            .Complete(nameof(LoadReference), Result(0))
            .Turn()
            .Complete(nameof(PublishQuote))
            .Turn();

    private HistoryRecorder Joined() =>
        Answer(
                Answer(Quote(agree: null), "alpaca", "twelve-data", "finnhub").Turn().Raise(AggregateQuote.AgreeEvent, 3).Turn(),
                "alpha-vantage",
                "eodhd",
                "massive"
            )
            .Complete(nameof(PublishQuote))
            .Turn()
            .Complete(nameof(PublishQuote))
            .Turn();

    private HistoryRecorder TimedOut()
    {
        var run = Answer(Quote(agree: null), "finnhub", "alpha-vantage", "massive", "eodhd").Turn();
        foreach (var late in (ProviderId[])[ProviderId.TwelveData, ProviderId.Alpaca])
        {
            run.Complete(nameof(FetchQuote), new FetchOutcome { Provider = late, Status = FetchStatus.TimedOut }, InputOf(late.ToString()));
        }

        return run.Turn().Complete(nameof(PublishQuote)).Turn();
    }

    private HistoryRecorder Retried(int failures)
    {
        var run = Answer(Quote(agree: null), "finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd").Turn();
        for (var failure = 1; failure <= failures; failure++)
        {
            run.Fail(nameof(PublishQuote)).Turn();
            if (failure < 10)
            {
                run.FireTimer().Turn();
            }
        }

        return failures < 10 ? run.Complete(nameof(PublishQuote)).Turn() : run;
    }

    private HistoryRecorder Terminated() => Answer(Quote(agree: 3), "alpaca").Turn().Terminate().Turn();

    private HistoryRecorder BatchComplete() =>
        Settle(Settle(Batch().Complete(nameof(BeginBatch), Step(done: 0)).Turn(), Step(done: 2)), Over(done: 4));

    private HistoryRecorder BatchWaited()
    {
        var run = Batch().Complete(nameof(BeginBatch), Step(done: 0)).Turn();
        Settle(run, Step(done: 1), retryAt: Start.AddSeconds(30));
        run.FireTimer().Turn();
        Settle(run, Step(done: 2) with { Ordinals = [], WaitUntil = Start.AddMinutes(2) });
        return Settle(run.FireTimer().Turn().Complete(nameof(BeginBatch), Step(done: 2)).Turn(), Over(done: 4));
    }

    private HistoryRecorder BatchCancelled() =>
        Batch()
            .Complete(nameof(BeginBatch), Step(done: 0) with { Ordinals = [], WaitUntil = Start.AddHours(1) })
            .Turn()
            .Raise(AggregateBatch.CancelEvent, null)
            .Turn()
            .Complete(nameof(BeginBatch), new BatchStep { Progress = new BatchProgress(4, 0, 0, 4, 100), IsOver = true })
            .Turn();

    private HistoryRecorder BatchContinued()
    {
        var run = Batch().Complete(nameof(BeginBatch), Step(done: 0, total: 30)).Turn();
        for (var round = 1; round <= 20; round++)
        {
            Settle(run, Step(done: round, total: 30));
        }

        return run;
    }

    private HistoryRecorder BatchRetried()
    {
        var run = Fetched(Batch().Complete(nameof(BeginBatch), Step(done: 0)).Turn(), null);
        return run.Fail(nameof(SettleItems)).Turn().FireTimer().Turn().Complete(nameof(SettleItems), Over(done: 4)).Turn();
    }

    private HistoryRecorder BatchDeleted() =>
        Batch().Complete(nameof(BeginBatch), new BatchStep { Progress = new BatchProgress(0, 0, 0, 0, 100), IsOver = true }).Turn();

    private HistoryRecorder Quote(int? agree) => Ask(agree).Complete(nameof(LoadReference), Result(0));

    private HistoryRecorder Ask(int? agree)
    {
        var input = _real["input"]!.DeepClone().AsObject();
        input["agree"] = agree;
        var typed = (AggregateQuoteInput)ReleasedOrchestrators.Converter.Deserialize(input.ToJsonString(), typeof(AggregateQuoteInput))!; // not null: it is an object
        return new HistoryRecorder(nameof(AggregateQuote), "01a213388ee972ac9b66ca8508d724c0", typed, Start);
    }

    private HistoryRecorder Answer(HistoryRecorder run, params string[] providers)
    {
        foreach (var provider in providers)
        {
            var scheduled = _real["events"]!
                .AsArray()
                .Single(e => e!["type"]!.ToString() == "TaskScheduled" && e["input"]![0]!["provider"]?.ToString() == provider);
            run.Complete(nameof(FetchQuote), Result((int)scheduled!["id"]!), InputOf(provider));
        }

        return run;
    }

    /// <summary>The recorded result of a call, as JSON.</summary>
    private string Result(int call) =>
        _real["events"]!.AsArray().Single(e => e!["type"]!.ToString() == "TaskCompleted" && (int)e["id"]! == call)![
            "result"
        ]!.ToJsonString();

    private static string InputOf(string provider) => $"\"provider\":\"{provider}\"";

    private static HistoryRecorder Batch() => new(nameof(AggregateBatch), "evening", new AggregateBatchInput("evening"), Start);

    private static BatchStep Step(int done, int total = 4) =>
        new()
        {
            Progress = new BatchProgress(total, done, 0, 0, Math.Floor(done * 1000d / total) / 10),
            Ordinals = [done + 1, done + 2],
            Providers =
            [
                new ProviderTurn(ProviderId.Finnhub, WaitsForQuota: true),
                new ProviderTurn(ProviderId.Eodhd, WaitsForQuota: false),
            ],
        };

    private static BatchStep Over(int done) => new() { Progress = new BatchProgress(done, done, 0, 0, 100), IsOver = true };

    private static HistoryRecorder Fetched(HistoryRecorder run, DateTimeOffset? retryAt) =>
        run.Complete(nameof(FetchItems), new FetchItemsResult(2, retryAt), InputOf("finnhub"))
            .Complete(nameof(FetchItems), new FetchItemsResult(2, null), InputOf("eodhd"))
            .Turn();

    private static HistoryRecorder Settle(HistoryRecorder run, BatchStep next, DateTimeOffset? retryAt = null) =>
        Fetched(run, retryAt).Complete(nameof(SettleItems), next).Turn();
}
