using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>Starts orchestrations by name, and waits for their end if the caller asks for it.</summary>
internal sealed class OrchestrationStarts(HubDurableTaskClient client, TaskRegistry registry, TimeProvider time)
{
    private const string PollStartedAfterSeconds = "10";
    private readonly InstanceViews _views = new(client);

    public async Task StartAsync(IncomingRequest request, ManagementQuery query, string name, string? instanceId)
    {
        if (!registry.HasOrchestrator(name))
        {
            await ManagementAnswers.RefuseAsync(request, "There is no orchestrator of this name.");
            return;
        }

        if (instanceId is not null && !PostgresOrchestrationService.IsInstanceId(instanceId))
        {
            await ManagementAnswers.RefuseAsync(
                request,
                $"An instance id has 1 to {PostgresOrchestrationService.MaxInstanceIdLength} characters, none of them a control character."
            );
            return;
        }

        if (await ManagementAnswers.ReadJsonAsync(request) is not (true, var input))
        {
            await ManagementAnswers.RefuseAsync(request, "The body is not JSON.");
            return;
        }

        string id;
        try
        {
            id = await client.ScheduleNewOrchestrationInstanceAsync(
                name,
                input,
                new StartOrchestrationOptions(instanceId),
                request.Aborted
            );
        }
        catch (OrchestrationAlreadyExistsException)
        {
            await Answer.SendAsync(request, Problem.Conflict with { Detail = "An instance of this id is not finished." });
            return;
        }

        if (query.Timeout is { } timeout && await WaitAsync(id, timeout, request.Aborted) is { } ended)
        {
            if (ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed)
            {
                await ManagementAnswers.SendAsync(request, 200, json => InstanceWriter.WriteJson(json, ended.SerializedOutput));
            }
            else
            {
                await _views.ShowAsync(request, query, id);
            }

            return;
        }

        var address = ManagementApi.InstanceAddress(request.Url, id);
        request.Response.Headers.Location = address;
        request.Response.Headers.RetryAfter = PollStartedAfterSeconds;
        await ManagementAnswers.SendAsync(
            request,
            202,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("statusQueryGetUri", address);
                json.WriteString("sendEventPostUri", $"{address}/raiseEvent/{{eventName}}");
                json.WriteString("terminatePostUri", $"{address}/terminate?reason={{text}}");
                json.WriteString("rewindPostUri", $"{address}/rewind?reason={{text}}");
                json.WriteString("purgeHistoryDeleteUri", address);
                json.WriteString("suspendPostUri", $"{address}/suspend?reason={{text}}");
                json.WriteString("resumePostUri", $"{address}/resume?reason={{text}}");
                json.WriteEndObject();
            }
        );
    }

    private async Task<OrchestrationMetadata?> WaitAsync(string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
