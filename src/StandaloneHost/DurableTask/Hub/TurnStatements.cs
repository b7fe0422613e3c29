using Npgsql;
using NpgsqlTypes;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>The statements that write turns, a group of them at a time: each statement takes its rows as arrays, so that there are as many
/// statements for a hundred turns as for one.</summary>
internal static class TurnStatements
{
    private static readonly string InsertInstances = EmbeddedText.Read(".Hub.insert_instances.sql");
    private static readonly string InsertHistory = EmbeddedText.Read(".Hub.insert_history.sql");
    private static readonly string UpdateInstances = EmbeddedText.Read(".Hub.update_instances.sql");
    private static readonly string InsertInbox = EmbeddedText.Read(".Hub.insert_inbox.sql");

    /// <summary>All that the turns of worker <paramref name="workerId"/> change.</summary>
    public static void AddTurns(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns, string workerId)
    {
        AddInstances(batch, NewInstances(turns));
        AddHistory(batch, HistoryRows(turns));
        AddUpdates(batch, turns, workerId);
        AddMessages(batch, turns);
        AddNotifications(batch, turns);
    }

    /// <summary>An instance that has had no turn yet, with the first of its history.</summary>
    public static void AddInstance(NpgsqlBatch batch, NewInstance instance)
    {
        AddInstances(batch, [instance]);
        AddHistory(batch, [(instance.InstanceId, 0, 0, HistoryCodec.WriteAll([instance.Start]))]);
    }

    /// <summary>Messages, each to the instance at the same place. Its rows are those that were taken: id, instance and event.</summary>
    public static void AddToInbox(NpgsqlBatch batch, string[] instanceIds, byte[][] events)
    {
        var insert = new NpgsqlBatchCommand(InsertInbox);
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
        insert.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = events, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(insert);
    }

    /// <summary>Tells the other processes.</summary>
    public static void AddNotify(NpgsqlBatch batch, string[] texts)
    {
        var notify = new NpgsqlBatchCommand("select pg_notify('" + HubNotification.Channel + "', text) from unnest($1::text[]) as text");
        notify.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = texts });
        batch.BatchCommands.Add(notify);
    }

    private static List<NewInstance> NewInstances(IReadOnlyList<TurnCommit> turns)
    {
        var rows = new List<NewInstance>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Insert is { } insert)
            {
                rows.Add(insert);
            }

            rows.AddRange(turn.Children);
        }

        return rows;
    }

    private static void AddInstances(NpgsqlBatch batch, List<NewInstance> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(InsertInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Name);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Version);
        Add(command, rows, NpgsqlDbType.Text, static r => StatusName(r.Status));
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Start.At.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.CompletedAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.StartAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Owner);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Parent?.InstanceId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.TraceParent);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Tags);
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Start.Input));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Output));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.CustomStatus));
        Add(command, rows, NpgsqlDbType.Text, static r => r.Failure);
        batch.BatchCommands.Add(command);
    }

    private static List<(string InstanceId, int Generation, int Sequence, byte[] Events)> HistoryRows(IReadOnlyList<TurnCommit> turns)
    {
        var rows = new List<(string InstanceId, int Generation, int Sequence, byte[] Events)>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Events.Length > 0)
            {
                rows.Add((turn.InstanceId, turn.Generation, turn.Sequence, turn.Events));
            }

            foreach (var child in turn.Children)
            {
                rows.Add((child.InstanceId, 0, 0, HistoryCodec.WriteAll([child.Start])));
            }
        }

        return rows;
    }

    private static void AddHistory(NpgsqlBatch batch, List<(string InstanceId, int Generation, int Sequence, byte[] Events)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(InsertHistory);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Generation);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Sequence);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Events);
        batch.BatchCommands.Add(command);
    }

    private static void AddUpdates(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns, string workerId)
    {
        List<(string InstanceId, InstanceUpdate Update)>? rows = null;
        List<(string InstanceId, int Generation)>? continued = null;
        foreach (var turn in turns)
        {
            if (turn.Update is { } update)
            {
                (rows ??= new List<(string, InstanceUpdate)>(turns.Count)).Add((turn.InstanceId, update));
                if (turn is { Sequence: 0, Generation: > 0 })
                {
                    (continued ??= []).Add((turn.InstanceId, turn.Generation));
                }
            }
        }

        if (rows is null)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(UpdateInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Update.Generation);
        Add(command, rows, NpgsqlDbType.Text, static r => StatusName(r.Update.Status));
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.UpdatedAt.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.CompletedAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.WakeAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.Boolean, static r => r.Update.Keep);
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.Input));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.Output));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.CustomStatus));
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Failure);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        batch.BatchCommands.Add(command);
        if (continued is not null)
        {
            var forget = new NpgsqlBatchCommand(
                """
                delete from taskhub.history as h using unnest($1::text[], $2::int[]) as u (instance_id, generation)
                 where h.instance_id = u.instance_id and h.generation < u.generation
                """);
            Add(forget, continued, NpgsqlDbType.Text, static r => r.InstanceId);
            Add(forget, continued, NpgsqlDbType.Integer, static r => r.Generation);
            batch.BatchCommands.Add(forget);
        }
    }

    private static void AddMessages(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<long>? consumed = null;
        List<OutgoingMessage>? messages = null;
        foreach (var turn in turns)
        {
            if (turn.ConsumedMessages.Count > 0)
            {
                (consumed ??= []).AddRange(turn.ConsumedMessages);
            }

            if (turn.Messages.Count > 0)
            {
                (messages ??= []).AddRange(turn.Messages);
            }
        }

        if (consumed is not null)
        {
            var delete = new NpgsqlBatchCommand("delete from taskhub.inbox where message_id = any($1)");
            delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. consumed] });
            batch.BatchCommands.Add(delete);
        }

        if (messages is not null)
        {
            AddToInbox(batch, [.. messages.Select(message => message.InstanceId)], [.. messages.Select(message => HistoryCodec.Write(message.Event))]);
        }
    }

    private static void AddNotifications(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<string>? texts = null;
        foreach (var turn in turns)
        {
            if (turn.Notifications.Count > 0)
            {
                (texts ??= []).AddRange(turn.Notifications);
            }
        }

        if (texts is not null)
        {
            AddNotify(batch, [.. texts]);
        }
    }

    private static void Add<TRow, TValue>(NpgsqlBatchCommand command, List<TRow> rows, NpgsqlDbType type, Func<TRow, TValue> column)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column(rows[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static byte[]? Utf8(Payload payload) => payload.IsNone ? null : payload.Utf8.ToArray();

    private static string StatusName(InstanceStatus status) => status switch
    {
        InstanceStatus.Running => nameof(InstanceStatus.Running),
        InstanceStatus.Completed => nameof(InstanceStatus.Completed),
        _ => status.ToString(),
    };
}
