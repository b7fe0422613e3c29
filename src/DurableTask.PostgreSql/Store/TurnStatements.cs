using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using Npgsql;
using NpgsqlTypes;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements that write turns. Each takes its rows as arrays, so a hundred turns need as many statements as one.</summary>
internal sealed class TurnStatements(HubSql sql)
{
    private readonly string _hold = sql.Of("select taskhub.hold_instances($1, $2, $3, $4, $5)");
    private readonly string _insertInstances = sql.File("insert_instances");
    private readonly string _insertHistory = sql.File("insert_history");
    private readonly string _updateInstances = sql.File("update_instances");
    private readonly string _insertInbox = sql.File("insert_inbox");
    private readonly string _reopen = sql.File("reopen");
    private readonly string _deleteInbox = sql.Of("delete from taskhub.inbox where message_id = any($1)");
    private readonly string _notify = "select pg_notify('" + sql.Schema + "', text) from unnest($1::text[]) as text";
    private readonly string _deleteEarlierGenerations = sql.Of(
        """
        delete from taskhub.history as h using unnest($1::text[], $2::int[]) as u (instance_id, generation)
         where h.instance_id = u.instance_id and h.instance_id = any($1) and h.generation < u.generation
        """
    );

    /// <summary>Adds all changes of the turns of worker <paramref name="workerId"/>. The inserted messages are the only rows that come
    /// back.</summary>
    public void AddTurns(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns, string workerId)
    {
        AddHold(batch, turns, workerId);
        AddInstances(batch, NewInstances(turns));
        AddHistory(batch, HistoryRows(turns));
        AddUpdates(batch, turns);
        AddMessages(batch, turns);
        AddNotifications(batch, turns);
    }

    /// <summary>Adds an instance whose first turn comes later.</summary>
    public void AddInstance(NpgsqlBatch batch, NewInstance instance)
    {
        AddInstances(batch, [instance]);
        AddHistory(batch, [new HistoryRow(instance.InstanceId, 0, 0, HistoryEventWriter.WriteAll([instance.Start]))]);
    }

    /// <summary>Adds messages. The rows that come back are those that were stored: id, instance and event.</summary>
    public void AddToInbox(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages)
    {
        var insert = new NpgsqlBatchCommand(_insertInbox);
        Add(insert, messages, NpgsqlDbType.Text, static m => m.InstanceId);
        Add(insert, messages, NpgsqlDbType.Text, static m => HistoryEventWriter.Write(m.Event, m.ExecutionId));
        batch.BatchCommands.Add(insert);
    }

    /// <summary>Adds the opening of ended instances for a rewind. The rows that come back are their ids.</summary>
    /// <param name="batch">Receives the statement.</param>
    /// <param name="rewinds">The rewinds. Their receivers are opened.</param>
    /// <param name="statuses">The statuses of the instances that are opened.</param>
    public void AddReopen(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> rewinds, params string[] statuses)
    {
        var reopen = new NpgsqlBatchCommand(_reopen);
        Add(reopen, rewinds, NpgsqlDbType.Text, static m => m.InstanceId);
        Add(reopen, rewinds, NpgsqlDbType.Text, static m => ((ExecutionRewoundEvent)m.Event).ParentExecutionId);
        reopen.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = statuses });
        batch.BatchCommands.Add(reopen);
    }

    /// <summary>Adds notifications of the other processes.</summary>
    public void AddNotify(NpgsqlBatch batch, string[] texts)
    {
        var notify = new NpgsqlBatchCommand(_notify);
        notify.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = texts });
        batch.BatchCommands.Add(notify);
    }

    private void AddHold(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns, string workerId)
    {
        var held = Held(turns);
        if (held.Count == 0)
        {
            return;
        }

        var hold = new NpgsqlBatchCommand(_hold);
        hold.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        Add(hold, held, NpgsqlDbType.Text, static t => t.InstanceId);
        Add(hold, held, NpgsqlDbType.Bigint, static t => t.Incarnation);
        Add(hold, held, NpgsqlDbType.Bigint, static t => t.Fence);
        Add(hold, held, NpgsqlDbType.Integer, static t => t.HeldGeneration);
        batch.BatchCommands.Add(hold);
    }

    /// <summary>The turns whose row <c>hold_instances</c> checks, in the order of its positions.</summary>
    public static List<TurnCommit> Held(IReadOnlyList<TurnCommit> turns)
    {
        var held = new List<TurnCommit>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Insert is null)
            {
                held.Add(turn);
            }
        }

        return held;
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

    private void AddInstances(NpgsqlBatch batch, List<NewInstance> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(_insertInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Bigint, static r => r.Incarnation);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Generation);
        Add(command, rows, NpgsqlDbType.Text, static r => r.ExecutionId ?? r.Start.OrchestrationInstance.ExecutionId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Name);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Version);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Status);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.CreatedAt);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.UpdatedAt ?? r.CreatedAt);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.CompletedAt);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.StartAt);
        Add(command, rows, NpgsqlDbType.Text, static r => r.CompletedAt is null ? r.Owner : null);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.ParentInstance?.OrchestrationInstance.InstanceId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.ParentInstance?.OrchestrationInstance.ExecutionId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Start.ParentInstance?.TaskScheduleId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.ParentTraceContext?.TraceParent);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Tags is { Count: > 0 } tags ? JsonSerializer.Serialize(tags) : null);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Input);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Output);
        Add(command, rows, NpgsqlDbType.Text, static r => r.CustomStatus);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Failure);
        batch.BatchCommands.Add(command);
    }

    private static List<HistoryRow> HistoryRows(IReadOnlyList<TurnCommit> turns)
    {
        var rows = new List<HistoryRow>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Events.Length > 0)
            {
                rows.Add(new HistoryRow(turn.InstanceId, turn.Generation, turn.Sequence, turn.Events));
            }

            foreach (var child in turn.Children)
            {
                rows.Add(new HistoryRow(child.InstanceId, 0, 0, HistoryEventWriter.WriteAll([child.Start])));
            }
        }

        return rows;
    }

    private void AddHistory(NpgsqlBatch batch, IReadOnlyList<HistoryRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(_insertHistory);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Generation);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Sequence);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Events);
        batch.BatchCommands.Add(command);
    }

    private void AddUpdates(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<UpdatedRow>? rows = null;
        List<UpdatedRow>? continued = null;
        foreach (var turn in turns)
        {
            if (turn.Update is { } update)
            {
                var row = new UpdatedRow(turn.InstanceId, turn.Generation, update);
                (rows ??= new List<UpdatedRow>(turns.Count)).Add(row);
                if (turn.Generation != turn.HeldGeneration)
                {
                    (continued ??= []).Add(row);
                }
            }
        }

        if (rows is null)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(_updateInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Generation);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.ExecutionId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Status);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.UpdatedAt);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.CompletedAt);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.WakeAt);
        Add(command, rows, NpgsqlDbType.Boolean, static r => r.Update.Keep);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Input);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Output);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.CustomStatus);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Failure);
        batch.BatchCommands.Add(command);
        if (continued is not null)
        {
            var delete = new NpgsqlBatchCommand(_deleteEarlierGenerations);
            Add(delete, continued, NpgsqlDbType.Text, static r => r.InstanceId);
            Add(delete, continued, NpgsqlDbType.Integer, static r => r.Generation);
            batch.BatchCommands.Add(delete);
        }
    }

    private void AddMessages(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
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
            var delete = new NpgsqlBatchCommand(_deleteInbox);
            delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. consumed] });
            batch.BatchCommands.Add(delete);
        }

        if (messages is not null)
        {
            // A rewound parent rewinds its children that failed.
            var rewinds = messages.FindAll(static m => m.Event is ExecutionRewoundEvent { ParentExecutionId: not null });
            if (rewinds.Count > 0)
            {
                AddReopen(batch, rewinds, nameof(OrchestrationStatus.Failed), nameof(OrchestrationStatus.Terminated));
            }

            AddToInbox(batch, messages);
        }
    }

    private void AddNotifications(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
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

    private static void Add<TRow, TValue>(
        NpgsqlBatchCommand command,
        IReadOnlyList<TRow> rows,
        NpgsqlDbType type,
        Func<TRow, TValue> column
    )
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column(rows[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private readonly record struct HistoryRow(string InstanceId, int Generation, int Sequence, byte[] Events);

    private readonly record struct UpdatedRow(string InstanceId, int Generation, InstanceUpdate Update);
}
