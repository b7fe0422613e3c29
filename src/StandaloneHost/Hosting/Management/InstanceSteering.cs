using Microsoft.DurableTask.Client;
using Microsoft.Net.Http.Headers;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>Changes instances: terminates, suspends, resumes, rewinds and purges them, and sends them events.</summary>
internal sealed class InstanceSteering(HubDurableTaskClient client, TimeProvider time)
{
    /// <summary>Returns the action of a verb on an unfinished instance; <see langword="null"/> if there is none.</summary>
    public Func<string, CancellationToken, Task>? Find(string verb, ManagementQuery query) =>
        verb.ToUpperInvariant() switch
        {
            "TERMINATE" => (id, cancellationToken) => client.TerminateInstanceAsync(id, (object?)query.Reason, cancellationToken),
            "SUSPEND" => (id, cancellationToken) => client.SuspendInstanceAsync(id, query.Reason, cancellationToken),
            "RESUME" => (id, cancellationToken) => client.ResumeInstanceAsync(id, query.Reason, cancellationToken),
            _ => null,
        };

    public async Task SteerAsync(IncomingRequest request, string id, Func<string, CancellationToken, Task> act)
    {
        if (await IsUnfinishedAsync(request, id))
        {
            await act(id, request.Aborted);
            request.Response.StatusCode = 202;
        }
    }

    public async Task RewindAsync(IncomingRequest request, ManagementQuery query, string id)
    {
        try
        {
            await client.RewindInstanceAsync(id, query.Reason ?? "", request.Aborted);
            request.Response.StatusCode = 202;
        }
        catch (ArgumentException)
        {
            await Answer.SendAsync(request, ManagementAnswers.Unknown(id));
        }
        catch (InvalidOperationException fault)
        {
            var hasEnded = await client.GetInstanceAsync(id, request.Aborted) is { IsCompleted: true };
            await Answer.SendAsync(request, (hasEnded ? Problem.Gone : Problem.Conflict) with { Detail = fault.Message });
        }
    }

    public async Task RaiseEventAsync(IncomingRequest request, string id, string name)
    {
        if (!await IsUnfinishedAsync(request, id))
        {
            return;
        }

        if (
            !MediaTypeHeaderValue.TryParse(request.Headers.ContentType.ToString(), out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        )
        {
            await ManagementAnswers.RefuseAsync(request, "Only application/json is taken.");
        }
        else if (await ManagementAnswers.ReadJsonAsync(request) is not (true, var payload))
        {
            await ManagementAnswers.RefuseAsync(request, "The body is not JSON.");
        }
        else
        {
            await client.RaiseEventAsync(id, name, payload, request.Aborted);
            request.Response.StatusCode = 202;
        }
    }

    public async Task PurgeAsync(IncomingRequest request, string id)
    {
        if (await client.GetInstanceAsync(id, request.Aborted) is null)
        {
            await Answer.SendAsync(request, ManagementAnswers.Unknown(id));
            return;
        }

        await SendPurgedAsync(request, await client.PurgeInstanceAsync(id, request.Aborted));
    }

    public async Task PurgeAsync(IncomingRequest request, ManagementQuery query)
    {
        if (query.CreatedFrom is not { } from)
        {
            await ManagementAnswers.RefuseAsync(request, "Please provide value for 'createdTimeFrom' parameter.");
            return;
        }

        var filter = new PurgeInstancesFilter(from, query.CreatedTo ?? time.GetUtcNow(), query.Statuses);
        var purged = await client.PurgeAllInstancesAsync(filter, request.Aborted);
        await (purged.PurgedInstanceCount == 0 ? Answer.SendAsync(request, Problem.NotFound) : SendPurgedAsync(request, purged));
    }

    private static Task SendPurgedAsync(IncomingRequest request, PurgeResult purged) =>
        ManagementAnswers.SendAsync(
            request,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteNumber("instancesDeleted", purged.PurgedInstanceCount);
                json.WriteEndObject();
            }
        );

    /// <summary>Returns true if the instance has not ended; otherwise sends an answer with the reason.</summary>
    private async Task<bool> IsUnfinishedAsync(IncomingRequest request, string id)
    {
        var instance = await client.GetInstanceAsync(id, request.Aborted);
        if (instance is null)
        {
            await Answer.SendAsync(request, ManagementAnswers.Unknown(id));
        }
        else if (instance.IsCompleted)
        {
            await Answer.SendAsync(request, Problem.Gone with { Detail = $"The instance is {instance.RuntimeStatus}." });
        }

        return instance is { IsCompleted: false };
    }
}
