using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Npgsql;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>A row of <c>taskhub.instances</c> as clients see it.</summary>
internal static class InstanceRow
{
    public static string Select(bool withPayloads) => withPayloads
        ? "select name, instance_id, status, created_at, updated_at, tags, failure, input, output, custom_status from taskhub.instances"
        : "select name, instance_id, status, created_at, updated_at, tags, failure from taskhub.instances";

    public static OrchestrationMetadata Read(NpgsqlDataReader row, PayloadSerializer? payloads)
    {
        var failure = Text(row, 6);
        return new OrchestrationMetadata(row.GetString(0), row.GetString(1))
        {
            RuntimeStatus = Enum.Parse<OrchestrationRuntimeStatus>(row.GetString(2)),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(3),
            LastUpdatedAt = row.GetFieldValue<DateTimeOffset>(4),
            Tags = ReadTags(Text(row, 5)),
            FailureDetails = failure is null ? null : FailureCodec.Read(Encoding.UTF8.GetBytes(failure)),
            SerializedInput = payloads is null ? null : Text(row, 7),
            SerializedOutput = payloads is null ? null : Text(row, 8),
            SerializedCustomStatus = payloads is null ? null : Text(row, 9),
            DataConverter = payloads?.Converter,
        };
    }

    public static bool HasEnded(this OrchestrationRuntimeStatus status) => status
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    private static IReadOnlyDictionary<string, string> ReadTags(string? json) =>
        (json is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(json)) ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty;

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
