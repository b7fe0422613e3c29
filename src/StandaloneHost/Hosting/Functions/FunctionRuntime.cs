using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Queues;

namespace Quorum.StandaloneHost.Hosting.Functions;

/// <summary>The services that all invocations in this process share.</summary>
internal sealed class FunctionRuntime
{
    public required IServiceProvider Services { get; init; }

    public required JsonSerializerOptions Json { get; init; }

    public required InvocationPipeline Pipeline { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary><see langword="null"/> in an app without durable functions.</summary>
    public DurableTaskClient? DurableClient { get; init; }

    public required QueueServices Queues { get; init; }

    /// <summary>The encoding of messages.</summary>
    public required QueueMessageEncoding QueueEncoding { get; init; }

    /// <summary>host.json's <c>functionTimeout</c>; <see langword="null"/> for none.</summary>
    public TimeSpan? FunctionTimeout { get; init; }
}
