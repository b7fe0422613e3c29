using Npgsql;

namespace Quorum.Storage;

/// <summary>The columns of <see cref="Columns"/>, in this order, and the names of states in the tables.</summary>
internal static class BatchRow
{
    public const string Columns =
        "id, content, state, total, done, failed, cancelled, created_at, started_at, finished_at, owner, task_hub";

    public const int Count = 12;

    public static Batch Read(NpgsqlDataReader reader) =>
        new()
        {
            Id = reader.GetString(0),
            Content = reader.GetString(1),
            State = StateOf(reader.GetString(2)),
            Total = reader.GetInt32(3),
            Done = reader.GetInt32(4),
            Failed = reader.GetInt32(5),
            Cancelled = reader.GetInt32(6),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(7),
            StartedAt = Time(reader, 8),
            FinishedAt = Time(reader, 9),
            Owner = Text(reader, 10),
            TaskHub = Text(reader, 11),
        };

    public static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    public static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static BatchItemStatus StatusOf(string name) =>
        name switch
        {
            "pending" => BatchItemStatus.Pending,
            "done" => BatchItemStatus.Done,
            "failed" => BatchItemStatus.Failed,
            "cancelled" => BatchItemStatus.Cancelled,
            _ => throw new FormatException($"'{name}' is no status of an item; a newer build may have stored it."),
        };

    public static string NameOf(BatchItemStatus status) =>
        status switch
        {
            BatchItemStatus.Pending => "pending",
            BatchItemStatus.Done => "done",
            BatchItemStatus.Failed => "failed",
            BatchItemStatus.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
        };

    private static BatchState StateOf(string name) =>
        name switch
        {
            "accepted" => BatchState.Accepted,
            "running" => BatchState.Running,
            "completed" => BatchState.Completed,
            "cancelled" => BatchState.Cancelled,
            _ => throw new FormatException($"'{name}' is no state of a batch; a newer build may have stored it."),
        };
}
