using System.Text.Json;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>Shows instances, one or a page of them.</summary>
internal sealed class InstanceViews(HubDurableTaskClient client)
{
    private const string ContinuationToken = "x-ms-continuation-token";
    private const string PollAfterSeconds = "5";

    public async Task ListAsync(IncomingRequest request, ManagementQuery query)
    {
        var filter = new OrchestrationQuery(
            query.CreatedFrom,
            query.CreatedTo,
            query.Statuses,
            InstanceIdPrefix: query.InstanceIdPrefix,
            PageSize: query.Top ?? OrchestrationQuery.DefaultPageSize,
            FetchInputsAndOutputs: true,
            ContinuationToken: request.TryGetHeader(ContinuationToken, out var token) ? token : null
        );
        if (filter.ContinuationToken is not null && !PostgresOrchestrationService.IsContinuationToken(filter.ContinuationToken))
        {
            await ManagementAnswers.RefuseAsync(request, $"The header {ContinuationToken} is not one that this API gave.");
            return;
        }

        // The first page is returned even if it is empty.
        var page = await client.GetAllInstancesAsync(filter).AsPages(filter.ContinuationToken, filter.PageSize).FirstAsync(request.Aborted);
        if (page.ContinuationToken is { } next)
        {
            request.Response.Headers[ContinuationToken] = next;
        }

        await ManagementAnswers.SendAsync(
            request,
            200,
            json =>
            {
                json.WriteStartArray();
                foreach (var instance in page.Values)
                {
                    InstanceWriter.Write(json, instance, query.ShowInput, writeHistory: null);
                }

                json.WriteEndArray();
            }
        );
    }

    public async Task ShowAsync(IncomingRequest request, ManagementQuery query, string id)
    {
        if (await client.GetInstanceAsync(id, getInputsAndOutputs: true, request.Aborted) is not { } instance)
        {
            await Answer.SendAsync(request, ManagementAnswers.Unknown(id));
            return;
        }

        var history = query.ShowHistory ? await client.GetOrchestrationHistoryAsync(id, request.Aborted) : null;
        var status = 200;
        if (!instance.IsCompleted)
        {
            status = 202;
            request.Response.Headers.Location = request.Url.AbsoluteUri;
            request.Response.Headers.RetryAfter = PollAfterSeconds;
        }
        else if (instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed && query.ServerErrorOnFailure)
        {
            status = 500;
        }

        await ManagementAnswers.SendAsync(
            request,
            status,
            json => InstanceWriter.Write(json, instance, query.ShowInput, history is null ? null : WriteHistory)
        );

        void WriteHistory(Utf8JsonWriter json) => new HistoryWriter(json, query.ShowHistoryOutput, query.ShowInput).Write(history);
    }
}
