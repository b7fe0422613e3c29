using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.DurableTask.Execution;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;

namespace Quorum.Microbenchmarks.Orchestrations;

/// <summary>An <see cref="AggregateQuote"/> whose process died after the merge, before the quote was published: a start, seven activities and their
/// results, and the eighth asked for.</summary>
internal sealed class RecordedInstance
{
    private readonly PayloadSerializer _serializer;
    private readonly ExecutionStarted _start;

    public RecordedInstance()
    {
        using var services = new ServiceCollection().AddOptions().AddWorkerJson().BuildServiceProvider();
        _serializer = new PayloadSerializer(services.GetRequiredService<IOptions<JsonSerializerOptions>>().Value);

        using var recording = JsonDocument.Parse(Recording.Load("AggregateQuote-1.json"));
        History = HistoryCodec.ReadAll(HistoryCodec.WriteAll(
            HistoryCodec.ReadAll(JsonSerializer.SerializeToUtf8Bytes(recording.RootElement.GetProperty("events"))))); // as the store would give it
        _start = (ExecutionStarted)History[0] with { Input = Payload.FromJson(recording.RootElement.GetProperty("input").GetRawText()) };
        Results = [.. History.OfType<TaskCompleted>()];
    }

    public IReadOnlyList<HistoryEvent> History { get; }

    /// <summary>Of the six fetches and the reference data, in the order in which they came.</summary>
    public IReadOnlyList<TaskCompleted> Results { get; }

    public OrchestrationExecution CreateExecution() => new(
        "01a20307cba2770183f73c64ccd70879",
        _start,
        static async context => await AggregateQuote.RunAsync(context, context.GetInput<AggregateQuoteInput>()!), // the recording has one
        _serializer,
        NullLoggerFactory.Instance,
        static () => throw new InvalidOperationException("The orchestrator awaited a task that is not durable."));
}
