using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Messages;

namespace Quorum.Functions.Orchestrations;

/// <summary><c>GET failed-orchestrations</c>: the newest orchestrations that failed or were terminated, with the reason.</summary>
public sealed partial class ListFailedOrchestrations(SecretMask mask, TimeProvider time, ILogger<ListFailedOrchestrations> logger)
{
    /// <summary>The maximum number in the list.</summary>
    internal const int Max = 50;

    /// <summary>The maximum wait for the task hub.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    [Function(nameof(ListFailedOrchestrations))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "failed-orchestrations")] HttpRequestData request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        if (Caller.Of(request).RefuseConsumer(request.TraceId()) is { } refusal)
        {
            return await request.RespondAsync(refusal, cancellationToken);
        }

        FailedOrchestrationList list;
        using var expiry = new CancellationTokenSource(MaxWait, time);
        using var read = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        try
        {
            list = await ListAsync(durable, read.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The exception depends on the host and on the backend of its task hub.
            LogNotRead(exception);
            return await request.RespondAsync(RequestProblems.TaskHubUnavailable(request.TraceId()), cancellationToken);
        }

        return await request.RespondTaggedAsync(ApiJson.Write(list, HttpJson.Default.FailedOrchestrationList), cancellationToken);
    }

    private async Task<FailedOrchestrationList> ListAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var items = new List<FailedOrchestration>();
        foreach (var listed in await NewestFailures.FindAsync(durable, Max, time.GetUtcNow(), cancellationToken))
        {
            // The Functions host lists instances without their failures.
            var instance = await durable.GetInstanceAsync(listed.InstanceId, getInputsAndOutputs: true, cancellationToken);
            if (instance is { RuntimeStatus: var status } && NewestFailures.Statuses.Contains(status))
            {
                items.Add(FailedOrchestration.Of(instance, mask));
            }
        }

        return new FailedOrchestrationList(items);
    }

    [LoggerMessage(EventId = 1023, Level = LogLevel.Warning, Message = "The failed orchestrations of the task hub could not be read.")]
    private partial void LogNotRead(Exception exception);
}
