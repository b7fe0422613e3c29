using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Quorum.StandaloneHost.Hosting.Management;

/// <summary>Writes an instance in the form of the management API.</summary>
internal static class InstanceWriter
{
    private const string ToTheSecond = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <param name="json">Receives one object.</param>
    /// <param name="instance">The instance, loaded with its inputs and outputs.</param>
    /// <param name="showInput">False to show the input as null.</param>
    /// <param name="writeHistory">Writes <c>historyEvents</c>; null to leave that property out.</param>
    public static void Write(Utf8JsonWriter json, OrchestrationMetadata instance, bool showInput, Action<Utf8JsonWriter>? writeHistory)
    {
        json.WriteStartObject();
        json.WriteString("name", instance.Name);
        json.WriteString("instanceId", instance.InstanceId);
        json.WriteString("runtimeStatus", instance.RuntimeStatus.ToString());
        json.WritePropertyName("input");
        WriteJson(json, showInput ? instance.SerializedInput : null);
        json.WritePropertyName("customStatus");
        WriteJson(json, instance.SerializedCustomStatus);
        json.WritePropertyName("output");
        WriteJson(json, instance.SerializedOutput ?? FailureAsJson(instance));
        json.WriteString("createdTime", instance.CreatedAt.UtcDateTime.ToString(ToTheSecond));
        json.WriteString("lastUpdatedTime", instance.LastUpdatedAt.UtcDateTime.ToString(ToTheSecond));
        if (writeHistory is not null)
        {
            json.WritePropertyName("historyEvents");
            writeHistory(json);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a stored payload as JSON, unchanged; one that is not JSON becomes a string.</summary>
    public static void WriteJson(Utf8JsonWriter json, string? payload)
    {
        if (payload is null)
        {
            json.WriteNullValue();
            return;
        }

        try
        {
            json.WriteRawValue(payload); // as it is, since text with half a surrogate pair cannot be written anew
        }
        catch (JsonException)
        {
            json.WriteStringValue(payload);
        }
    }

    private static string? FailureAsJson(OrchestrationMetadata instance) =>
        instance.FailureDetails is { } failure
            ? JsonSerializer.Serialize($"{failure.ErrorType}: {failure.ErrorMessage}", ManagementJson.Default.String)
            : null;
}
