using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Queues;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>What every invocation in this process shares.</summary>
internal sealed class FunctionRuntime
{
    public required IServiceProvider Services { get; init; }

    public required JsonSerializerOptions Json { get; init; }

    public required InvocationPipeline Pipeline { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary><see langword="null"/> in an app without durable functions.</summary>
    public DurableTaskClient? DurableClient { get; init; }

    public required QueueServices Queues { get; init; }

    /// <summary>How messages are encoded.</summary>
    public required QueueMessageEncoding QueueEncoding { get; init; }

    /// <summary>host.json's <c>functionTimeout</c>; <see langword="null"/>: none.</summary>
    public TimeSpan? FunctionTimeout { get; init; }
}
