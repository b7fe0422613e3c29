using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.Hosting.Invocations;
using Quorum.StandaloneHost.Hosting.Management;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>HTTP answers about orchestrations.</summary>
public static partial class DurableTaskClientExtensions
{
    /// <summary>A 202 that tells where to watch the instance, in <c>Location</c> and as JSON.</summary>
    public static Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponseAsync(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <summary>An answer with this status that tells where to watch the instance, in <c>Location</c> and as JSON.</summary>
    public static async Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        var (response, payload, json) = Prepare(client, request, instanceId, statusCode);
        await response.Body.WriteAsync(Serialize(payload, json), cancellation);
        return response;
    }

    /// <summary>A 202 that tells where to watch the instance, in <c>Location</c> and as JSON.</summary>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponse(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <summary>An answer with this status that tells where to watch the instance, in <c>Location</c> and as JSON.</summary>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var (response, payload, json) = Prepare(client, request, instanceId, statusCode);
        response.Body.Write(Serialize(payload, json));
        return response;
    }

    /// <summary>Where the instance can be watched and steered, seen from the address that the request came to.</summary>
    public static HttpManagementPayload CreateHttpManagementPayload(this DurableTaskClient client, string instanceId, HttpRequestData request)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var instance = ManagementApi.InstanceAddress(request.Url, instanceId);
        return new HttpManagementPayload
        {
            Id = instanceId,
            StatusQueryGetUri = instance,
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}",
            PurgeHistoryDeleteUri = instance,

            // The package writes doubled braces here and single ones above; whoever replaces the text does so on both runtimes.
            TerminatePostUri = $"{instance}/terminate?reason={{{{text}}}}",
            SuspendPostUri = $"{instance}/suspend?reason={{{{text}}}}",
            ResumePostUri = $"{instance}/resume?reason={{{{text}}}}",
        };
    }

    private static (HttpResponseData Response, HttpManagementPayload Payload, JsonSerializerOptions Json) Prepare(
        DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode)
    {
        var payload = client.CreateHttpManagementPayload(instanceId, request);
        var response = request.CreateResponse(statusCode);
        response.Headers.Add("Location", payload.StatusQueryGetUri);
        response.Headers.Add("Content-Type", "application/json");
        return (response, payload, JsonOf.Context(request.FunctionContext));
    }

    /// <summary>With the app's options, which need not know this type.</summary>
    private static byte[] Serialize(HttpManagementPayload payload, JsonSerializerOptions json) => json.TryGetTypeInfo(typeof(HttpManagementPayload), out var type)
        ? JsonSerializer.SerializeToUtf8Bytes(payload, type)
        : JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.HttpManagementPayload);

    [JsonSerializable(typeof(HttpManagementPayload))]
    private sealed partial class PayloadJson : JsonSerializerContext;
}
