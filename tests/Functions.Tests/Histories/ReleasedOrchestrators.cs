using System.Text.Json;
using DurableTask.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Batches;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;

namespace Quorum.Functions.Tests.Histories;

/// <summary>The orchestrators of this build under the names by which instances find them, and the JSON of their payloads.</summary>
internal static class ReleasedOrchestrators
{
    public static JsonDataConverter Converter { get; } =
        new(
            new ServiceCollection()
                .AddWorkerJson()
                .Configure<JsonSerializerOptions>(options => options.TypeInfoResolverChain.Insert(0, BatchDurableJson.Default))
                .BuildServiceProvider()
                .GetRequiredService<IOptions<JsonSerializerOptions>>()
                .Value
        );

    /// <summary>Creates the orchestration that instances of this name run.</summary>
    public static TaskOrchestration Create(string name) =>
        name switch
        {
            nameof(AggregateQuote) => Create<AggregateQuoteInput, QuoteSummary>(name, AggregateQuote.RunAsync),
            nameof(AggregateBatch) => Create<AggregateBatchInput, BatchProgress>(name, AggregateBatch.RunAsync),
            _ => throw new ArgumentException($"Add {name} here: there is a recorded history of it.", nameof(name)),
        };

    /// <summary>Creates an orchestration from an orchestrator, as the worker does.</summary>
    public static TaskOrchestration Create<TInput, TOutput>(string name, Func<TaskOrchestrationContext, TInput, Task<TOutput>> run) =>
        new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = Converter }).CreateOrchestration<TInput, TOutput>(
            name,
            async (context, input) => await run(context, input!) // each of these orchestrators has an input
        );
}
