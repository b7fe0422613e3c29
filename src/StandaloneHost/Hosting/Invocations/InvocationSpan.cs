using System.Diagnostics;
using Azure.Storage.Queues.Models;
using Quorum.StandaloneHost.Hosting.Functions;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Hosting.Invocations;

/// <summary>
/// Spans and measurements of queue and timer functions: each is the first span of a trace. Costs nothing without a listener.
/// </summary>
internal static class InvocationSpan
{
    public static async Task RunAsync(Invocation invocation, Activity? span)
    {
        var begun = RuntimeMetrics.Begin(RuntimeMetrics.InvocationDuration);
        string? error = null;
        try
        {
            await invocation.Function.Runtime.Pipeline.RunAsync(invocation);
        }
        catch (Exception fault)
        {
            error = fault.GetType().Name;
            span?.AddException(fault);
            span?.SetStatus(ActivityStatusCode.Error, error);
            throw;
        }
        finally
        {
            if (begun != 0)
            {
                RuntimeMetrics.InvocationDuration.RecordSince(
                    begun,
                    new TagList { { "faas.name", invocation.Function.Name }, { "error.type", error } }
                );
            }

            await invocation.CloseAsync();
        }
    }

    public static Activity? StartMessage(Function function, string queue, QueueMessage message)
    {
        if (!StandaloneTelemetry.Source.HasListeners())
        {
            return null;
        }

        var span = StandaloneTelemetry.Source.CreateActivity($"process {queue}", ActivityKind.Consumer);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.system", "azure_storage_queues");
            span.SetTag("messaging.operation.type", "process");
            span.SetTag("messaging.destination.name", queue);
            span.SetTag("messaging.message.id", message.MessageId);
            span.SetTag("messaging.message.delivery_count", message.DequeueCount);
            span.SetTag("faas.name", function.Name);
            span.SetTag("faas.trigger", "pubsub");
        }

        return span?.Start();
    }

    public static Activity? StartTimer(Function function)
    {
        if (!StandaloneTelemetry.Source.HasListeners())
        {
            return null;
        }

        var span = StandaloneTelemetry.Source.CreateActivity($"timer {function.Name}", ActivityKind.Internal);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("faas.name", function.Name);
            span.SetTag("faas.trigger", "timer");
        }

        return span?.Start();
    }
}
