#pragma warning disable VSTHRD103 // rows are read whole before their columns, so a getter never waits
using Npgsql;

namespace Quorum.StandaloneHost.Timers;

/// <summary>
/// The state of the hub's timers: the last firing and the next due time. Survives restarts, and decides which process fires.
/// </summary>
internal sealed class TimerStore(NpgsqlDataSource database)
{
    // The process that holds this lock runs the hub's timers; the lock ends with the connection, and so with the process.
    private const long LeaderKey = 0x74696d657273; // "timers"

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

    /// <summary>Tries to become the process that runs the timers, for as long as the connection lives.</summary>
    public static async Task<bool> TryLeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LeaderKey})", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Lets another process run the timers. A broken connection has released them already.</summary>
    public static async Task StopLeadingAsync(NpgsqlConnection connection)
    {
        if (connection.State != System.Data.ConnectionState.Open)
        {
            return;
        }

        try
        {
            await using var command = new NpgsqlCommand($"select pg_advisory_unlock({LeaderKey})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // the connection broke
        }
    }

    /// <summary>Returns the timer's state; creates it if there is none or the schedule has changed.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="schedule">The declared schedule.</param>
    /// <param name="now">The time of the calling process, UTC.</param>
    /// <param name="afresh">True to forget missed occurrences.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task<TimerState> LoadAsync(
        string name,
        TimerSchedule schedule,
        DateTimeOffset now,
        bool afresh,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            """
            insert into taskhub.timers as t (name, schedule, next_due, updated_at) values ($1, $2, $3, $4)
            on conflict (name) do update
               set schedule = excluded.schedule,
                   next_due = case when t.schedule = excluded.schedule and not $5 then t.next_due else excluded.next_due end,
                   updated_at = case when t.schedule = excluded.schedule and not $5 then t.updated_at else excluded.updated_at end
            returning last_fired, next_due, updated_at
            """
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schedule.Text });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = schedule.NextAfter(now).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = afresh });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new TimerState(
            reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0),
            reader.GetFieldValue<DateTimeOffset>(1),
            reader.GetFieldValue<DateTimeOffset>(2)
        );
    }

    /// <summary>Takes one occurrence for this process.</summary>
    /// <returns>False if another process has taken it.</returns>
    public async Task<bool> TryFireAsync(
        string name,
        DateTimeOffset due,
        DateTimeOffset next,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            "update taskhub.timers set last_fired = $3, next_due = $4, updated_at = $3 where name = $1 and next_due = $2"
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = due.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = next.UtcDateTime });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}

/// <param name="Last">The last firing; <see langword="null"/> for none.</param>
/// <param name="Next">The next due time.</param>
/// <param name="LastUpdated">The time at which this was written.</param>
internal sealed record TimerState(DateTimeOffset? Last, DateTimeOffset Next, DateTimeOffset LastUpdated);
