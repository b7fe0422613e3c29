using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Net.Http.Headers;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask;
using Quorum.StandaloneHost.Hosting.Http;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>The HTTP API of Durable Functions, for people and tools to see and steer instances.
/// Paths, parameters, statuses and JSON: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api</summary>
internal sealed class ManagementApi(HubDurableTaskClient client, TaskRegistry registry, TimeProvider time)
{
    public const string Root = "/runtime/webhooks/durabletask";
    private const string ContinuationToken = "x-ms-continuation-token";
    private const string PollAfterSeconds = "5";
    private const string PollStartedAfterSeconds = "10";
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string InstanceAddress(Uri request, string instanceId) =>
        $"{request.GetLeftPart(UriPartial.Authority)}{Root}/instances/{Uri.EscapeDataString(instanceId)}";

    public async Task AnswerAsync(IncomingRequest request, RequestAuthorization authorization)
    {
        if (authorization.Refuse(request, AuthorizationLevel.System) is { } refusal)
        {
            await Answer.SendAsync(request, refusal);
            return;
        }

        try
        {
            await RouteAsync(request);
        }
        catch (PostgresException fault) when (fault.IsAboutData())
        {
            // PostgreSQL rejects such text (mainly U+0000), so no instance id contains it.
            await RefuseAsync(request, "The request has characters that cannot be stored.");
        }
    }

    private Task RouteAsync(IncomingRequest request)
    {
        var path = request.Path[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < path.Length; i++)
        {
            path[i] = path[i].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase); // the only escape that the server does not decode
        }

        var query = new ManagementQuery(request.Query);
        return (request.Method, path) switch
        {
            ("GET", [var section]) when Is(section, "instances") => ListAsync(request, query),
            ("DELETE", [var section]) when Is(section, "instances") => PurgeAsync(request, query),
            ("GET", [var section, var id]) when Is(section, "instances") => ShowAsync(request, query, id),
            ("DELETE", [var section, var id]) when Is(section, "instances") => PurgeAsync(request, id),
            ("POST", [var section, var id, var verb]) when Is(section, "instances") && Is(verb, "rewind") => RewindAsync(
                request,
                query,
                id
            ),
            ("POST", [var section, var id, var verb]) when Is(section, "instances") && Steering(verb, query) is { } act => SteerAsync(
                request,
                id,
                act
            ),
            ("POST", [var section, var id, var verb, var name]) when Is(section, "instances") && Is(verb, "raiseEvent") => RaiseEventAsync(
                request,
                id,
                name
            ),
            ("POST", [var section, var name, .. { Length: <= 1 } id]) when Is(section, "orchestrators") => StartAsync(
                request,
                query,
                name,
                id is [var instanceId] ? instanceId : null
            ),
            _ => Answer.SendAsync(request, Problem.NotFound),
        };

        static bool Is(string part, string word) => part.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    private async Task ListAsync(IncomingRequest request, ManagementQuery query)
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
            await RefuseAsync(request, $"The header {ContinuationToken} is not one that this API gave.");
            return;
        }

        // The first page is returned even if it is empty.
        var page = await client.GetAllInstancesAsync(filter).AsPages(filter.ContinuationToken, filter.PageSize).FirstAsync(request.Aborted);
        if (page.ContinuationToken is { } next)
        {
            request.Response.Headers[ContinuationToken] = next;
        }

        await SendAsync(
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

    private async Task ShowAsync(IncomingRequest request, ManagementQuery query, string id)
    {
        if (await client.GetInstanceAsync(id, getInputsAndOutputs: true, request.Aborted) is not { } instance)
        {
            await Answer.SendAsync(request, Unknown(id));
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

        await SendAsync(
            request,
            status,
            json => InstanceWriter.Write(json, instance, query.ShowInput, history is null ? null : WriteHistory)
        );

        void WriteHistory(Utf8JsonWriter json) => new HistoryWriter(json, query.ShowHistoryOutput, query.ShowInput).Write(history);
    }

    private async Task StartAsync(IncomingRequest request, ManagementQuery query, string name, string? instanceId)
    {
        if (!registry.HasOrchestrator(name))
        {
            await RefuseAsync(request, "There is no orchestrator of this name.");
            return;
        }

        if (instanceId is not null && !PostgresOrchestrationService.IsInstanceId(instanceId))
        {
            await RefuseAsync(
                request,
                $"An instance id has 1 to {PostgresOrchestrationService.MaxInstanceIdLength} characters, none of them a control character."
            );
            return;
        }

        if (await ReadJsonAsync(request) is not (true, var input))
        {
            await RefuseAsync(request, "The body is not JSON.");
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
                await SendAsync(request, 200, json => InstanceWriter.WriteJson(json, ended.SerializedOutput));
            }
            else
            {
                await ShowAsync(request, query, id);
            }

            return;
        }

        var address = InstanceAddress(request.Url, id);
        request.Response.Headers.Location = address;
        request.Response.Headers.RetryAfter = PollStartedAfterSeconds;
        await SendAsync(
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

    private Func<string, CancellationToken, Task>? Steering(string verb, ManagementQuery query) =>
        verb.ToUpperInvariant() switch
        {
            "TERMINATE" => (id, cancellationToken) => client.TerminateInstanceAsync(id, (object?)query.Reason, cancellationToken),
            "SUSPEND" => (id, cancellationToken) => client.SuspendInstanceAsync(id, query.Reason, cancellationToken),
            "RESUME" => (id, cancellationToken) => client.ResumeInstanceAsync(id, query.Reason, cancellationToken),
            _ => null,
        };

    private async Task SteerAsync(IncomingRequest request, string id, Func<string, CancellationToken, Task> act)
    {
        if (await IsUnfinishedAsync(request, id))
        {
            await act(id, request.Aborted);
            request.Response.StatusCode = 202;
        }
    }

    private async Task RewindAsync(IncomingRequest request, ManagementQuery query, string id)
    {
        try
        {
            await client.RewindInstanceAsync(id, query.Reason ?? "", request.Aborted);
            request.Response.StatusCode = 202;
        }
        catch (ArgumentException)
        {
            await Answer.SendAsync(request, Unknown(id));
        }
        catch (InvalidOperationException fault)
        {
            var hasEnded = await client.GetInstanceAsync(id, request.Aborted) is { IsCompleted: true };
            await Answer.SendAsync(request, (hasEnded ? Problem.Gone : Problem.Conflict) with { Detail = fault.Message });
        }
    }

    private async Task RaiseEventAsync(IncomingRequest request, string id, string name)
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
            await RefuseAsync(request, "Only application/json is taken.");
        }
        else if (await ReadJsonAsync(request) is not (true, var payload))
        {
            await RefuseAsync(request, "The body is not JSON.");
        }
        else
        {
            await client.RaiseEventAsync(id, name, payload, request.Aborted);
            request.Response.StatusCode = 202;
        }
    }

    private async Task PurgeAsync(IncomingRequest request, string id)
    {
        if (await client.GetInstanceAsync(id, request.Aborted) is null)
        {
            await Answer.SendAsync(request, Unknown(id));
            return;
        }

        await SendPurgedAsync(request, await client.PurgeInstanceAsync(id, request.Aborted));
    }

    private async Task PurgeAsync(IncomingRequest request, ManagementQuery query)
    {
        if (query.CreatedFrom is not { } from)
        {
            await RefuseAsync(request, "Please provide value for 'createdTimeFrom' parameter.");
            return;
        }

        var filter = new PurgeInstancesFilter(from, query.CreatedTo ?? time.GetUtcNow(), query.Statuses);
        var purged = await client.PurgeAllInstancesAsync(filter, request.Aborted);
        await (purged.PurgedInstanceCount == 0 ? Answer.SendAsync(request, Problem.NotFound) : SendPurgedAsync(request, purged));
    }

    private static Task SendPurgedAsync(IncomingRequest request, PurgeResult purged) =>
        SendAsync(
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
            await Answer.SendAsync(request, Unknown(id));
        }
        else if (instance.IsCompleted)
        {
            await Answer.SendAsync(request, Problem.Gone with { Detail = $"The instance is {instance.RuntimeStatus}." });
        }

        return instance is { IsCompleted: false };
    }

    private static Task RefuseAsync(IncomingRequest request, string detail) =>
        Answer.SendAsync(request, Problem.BadRequest with { Detail = detail });

    private static Problem Unknown(string id) => Problem.NotFound with { Detail = $"There is no instance '{id}'." };

    /// <summary>Returns the body as a payload; <see langword="null"/> if it is empty. False if it is not JSON.</summary>
    private static async Task<(bool IsJson, Payload? Payload)> ReadJsonAsync(IncomingRequest request)
    {
        await request.ReadBodyAsync();
        var json = request.ReceivedBody;
        if (json.IsEmpty)
        {
            return (true, null);
        }

        if (!Utf8.IsValid(json.Span))
        {
            return (false, null); // the parser does not check strings
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return (true, new Payload(Encoding.UTF8.GetString(json.Span)));
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }

    private static Task SendAsync(IncomingRequest request, int status, Action<Utf8JsonWriter> write)
    {
        var body = request.NewResponseBody();
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Readable))
        {
            write(json);
        }

        return Answer.SendJsonAsync(request, status, body);
    }
}
