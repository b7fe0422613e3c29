#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Text.Json;
using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>A row of <c>taskhub.instances</c> as clients see it.</summary>
internal static class InstanceRow
{
    private const string Columns =
        "name, instance_id, generation, execution_id, status, version, created_at, updated_at, completed_at, start_at, tags, failure, "
        + "parent_instance_id, parent_execution_id, parent_task_id, custom_status";

    private static readonly DateTime NotCompleted = DateTime.SpecifyKind(
        DateTime.MaxValue.Subtract(TimeSpan.FromDays(1)),
        DateTimeKind.Utc
    );

    /// <summary>The statement that reads rows, up to its conditions.</summary>
    public static string Select(bool withPayloads) =>
        withPayloads ? $"select {Columns}, input, output from taskhub.instances" : $"select {Columns} from taskhub.instances";

    public static OrchestrationState Read(NpgsqlDataReader row, bool withPayloads)
    {
        var instanceId = row.GetString(1);
        var failure = Text(row, 11) is { } json ? FailureCodec.Read(json) : null;
        return new OrchestrationState
        {
            Name = row.GetString(0),
            OrchestrationInstance = new OrchestrationInstance
            {
                InstanceId = instanceId,
                ExecutionId = Text(row, 3) ?? LegacyHistory.ExecutionId(instanceId, row.GetInt32(2)),
            },
            OrchestrationStatus = Enum.Parse<OrchestrationStatus>(row.GetString(4)),
            Version = Text(row, 5),
            CreatedTime = row.GetDateTime(6),
            LastUpdatedTime = row.GetDateTime(7),
            CompletedTime = row.IsDBNull(8) ? NotCompleted : row.GetDateTime(8),
            ScheduledStartTime = row.IsDBNull(9) ? null : row.GetDateTime(9),
            Tags = ReadTags(Text(row, 10)) ?? new Dictionary<string, string>(),
            FailureDetails = failure,
            ParentInstance = row.IsDBNull(12)
                ? null
                : new ParentInstance
                {
                    OrchestrationInstance = new OrchestrationInstance { InstanceId = row.GetString(12), ExecutionId = Text(row, 13) },
                    TaskScheduleId = row.IsDBNull(14) ? 0 : row.GetInt32(14),
                },
            Status = Text(row, 15),
            Input = withPayloads ? Text(row, 16) : null,
            Output = withPayloads ? failure?.ToString() ?? Text(row, 17) : null,
        };
    }

    public static bool HasEnded(this OrchestrationStatus status) =>
        status
            is OrchestrationStatus.Completed
                or OrchestrationStatus.Failed
                or OrchestrationStatus.Terminated
                or OrchestrationStatus.Canceled;

    public static IDictionary<string, string>? ReadTags(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(json);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
