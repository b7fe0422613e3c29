using System.Text;

namespace Quorum.HubKills.Relay;

/// <summary>The messages that a client sends to PostgreSQL before it waits for an answer.</summary>
/// <param name="Statements">The texts of its statements, in order.</param>
/// <param name="Bytes">The messages, with the values of their parameters.</param>
public sealed record PostgresRequest(IReadOnlyList<string> Statements, ReadOnlyMemory<byte> Bytes)
{
    private static readonly (string Point, string Statement, string? Value)[] Known =
    [
        ("ended", "hold_instances", "\"ExecutionCompleted\""),
        ("continued as new", "h.generation < u.generation", null),
        ("event sent", "hold_instances", "\"EventSent\""),
        ("timer created", "hold_instances", "\"TimerCreated\""),
        ("timer fired", "hold_instances", "\"TimerFired\""),
        ("event taken", "hold_instances", "\"EventRaised\""),
        ("sub-orchestration called", "hold_instances", "\"SubOrchestrationCreated\""),
        ("sub-orchestration result taken", "hold_instances", "\"SubOrchestrationCompleted\""),
        ("activities called", "hold_instances", "\"TaskScheduled\""),
        ("activity result taken", "hold_instances", "\"TaskCompleted\""),
        ("turn written", "hold_instances", null),
        ("start written", "insert into", "\"ExecutionStarted\""),
        ("activity run", ".runs (instance_id, step)", null),
        ("instances claimed", "with claimable as", null),
        ("instance reloaded", "set fence = i.fence + 1, wake_at = null", null),
        ("history loaded", "select h.instance_id, h.events", null),
        ("inbox loaded", "select message_id, instance_id, event", null),
        ("message stored", ".inbox (instance_id, event)", null),
        ("lease renewed", ".workers (worker_id", null),
        ("own instances listed", "select instance_id, incarnation, fence", null),
        ("own messages listed", "select distinct m.instance_id", null),
        ("listening", "listen ", null),
        ("other processes notified", "pg_notify", null),
        ("state read", "where instance_id = $1", null),
        ("transaction committed", "COMMIT", null),
    ];

    /// <summary>The names of all points.</summary>
    public static IReadOnlyList<string> AllPoints { get; } = [.. Known.Select(known => known.Point)];

    /// <summary>The points of the engine that the request passes; empty for a statement that has none, such as BEGIN.</summary>
    public IReadOnlyList<string> Points { get; } = PointsOf(Statements, Bytes.Span);

    private static List<string> PointsOf(IReadOnlyList<string> statements, ReadOnlySpan<byte> bytes)
    {
        var points = new List<string>();
        foreach (var (point, statement, value) in Known)
        {
            if (
                statements.Any(text => text.Contains(statement, StringComparison.Ordinal))
                && (value is null || bytes.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0)
            )
            {
                points.Add(point);
            }
        }

        return points;
    }
}
