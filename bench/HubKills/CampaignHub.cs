using Npgsql;
using Quorum.DurableTask.PostgreSql;

namespace Quorum.HubKills;

/// <summary>A hub of its own for one lane of a campaign, in one schema of a database. It notes each end of an instance and each run of an
/// activity.</summary>
public sealed class CampaignHub
{
    private readonly NpgsqlDataSource _database;
    private readonly string _schema;

    private CampaignHub(NpgsqlDataSource database, string connectionString, string schema)
    {
        _database = database;
        ConnectionString = connectionString;
        _schema = schema;
    }

    /// <summary>Of the server itself.</summary>
    public string ConnectionString { get; }

    /// <summary>Creates the hub.</summary>
    public static async Task<CampaignHub> CreateAsync(NpgsqlDataSource database, string connectionString, string schema)
    {
        var hub = new CampaignHub(database, connectionString, schema);
        await using (var service = hub.Service(connectionString, TimeSpan.FromSeconds(10)))
        {
            await service.CreateIfNotExistsAsync();
        }

        await hub.ExecuteAsync(
            """
            create table taskhub.ends (instance_id text not null);
            create table taskhub.runs (instance_id text not null, step text not null);
            create function taskhub.note_end() returns trigger language plpgsql as
            $$ begin insert into taskhub.ends values (new.instance_id); return null; end $$;
            create trigger ended_at_once after insert on taskhub.instances for each row when (new.completed_at is not null)
                execute function taskhub.note_end();
            create trigger ended after update of completed_at on taskhub.instances for each row when (new.completed_at is not null)
                execute function taskhub.note_end();
            """
        );
        return hub;
    }

    /// <summary>A process of the hub, from which idle instances leave at once, so that they are claimed again.</summary>
    public PostgresOrchestrationService Service(string connectionString, TimeSpan lease) =>
        new(
            new PostgresOrchestrationOptions
            {
                ConnectionString = connectionString,
                Schema = _schema,
                Lease = lease,
                IdleTime = TimeSpan.FromMilliseconds(10),
                ResultDelay = TimeSpan.FromMilliseconds(20),
            }
        );

    /// <summary>Finds what was lost, what is not finished, and what happened twice.</summary>
    /// <param name="expected">Instances that must exist.</param>
    public async Task<List<Problem>> CheckAsync(string[] expected, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        await using var command = _database.CreateCommand(
            Of(
                """
                select 'Lost', instance_id || ' is lost' from unnest($1) as e (instance_id)
                 where not exists (select from taskhub.instances as i where i.instance_id = e.instance_id)
                union all
                select 'Unfinished', i.instance_id || ' is ' || status || ' in memory of ' || coalesce(owner, 'none') || ', generation ' || i.generation
                       || ', wakes ' || coalesce(wake_at::text, 'never') || ', history '
                       || coalesce((select string_agg(h.type || coalesce(' ' || (h.event ->> 'id'), ''), ', ' order by h.sequence)
                                      from taskhub.history_events as h where h.instance_id = i.instance_id and h.generation = i.generation), 'none')
                       || ', inbox ' || (select count(*) from taskhub.inbox as m where m.instance_id = i.instance_id)
                  from taskhub.instances as i where completed_at is null
                union all
                select 'FinishedTwice', instance_id || ' finished ' || count(*) || ' times' from taskhub.ends group by instance_id having count(*) > 1
                union all
                select 'Doubled', instance_id || ' has ' || count(*) || ' ' || type || ' of one cause'
                  from taskhub.history_events
                 where type in ('TaskCompleted', 'TimerFired', 'SubOrchestrationCompleted', 'ExecutionCompleted')
                 group by instance_id, generation, type, event ->> 'id' having count(*) > 1
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = expected });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            problems.Add(new Problem(Enum.Parse<ProblemKind>(reader.GetString(0)), reader.GetString(1)));
        }

        return problems;
    }

    /// <summary>Notes a run of an activity, through a process' own connections.</summary>
    public async Task NoteRunAsync(NpgsqlDataSource process, string instanceId, string step)
    {
        await using var command = process.CreateCommand(Of("insert into taskhub.runs (instance_id, step) values ($1, $2)"));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = step });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Counts the runs of activities beyond the first of each call: in all, and of the call that has most.</summary>
    public async Task<(int All, int OfOneCall)> CountExtraRunsAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            Of(
                """
                select coalesce(sum(extra), 0)::int, coalesce(max(extra), 0)::int
                  from (select count(*) - 1 as extra from taskhub.runs group by instance_id, step) as calls
                """
            )
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    /// <summary>Deletes everything, also the workers.</summary>
    public Task ClearAsync() =>
        ExecuteAsync("truncate taskhub.instances, taskhub.history, taskhub.inbox, taskhub.workers, taskhub.ends, taskhub.runs");

    private async Task ExecuteAsync(string statements)
    {
        await using var command = _database.CreateCommand(Of(statements));
        await command.ExecuteNonQueryAsync();
    }

    private string Of(string statements) => statements.Replace("taskhub.", _schema + ".", StringComparison.Ordinal);
}

/// <summary>The kind of a <see cref="Problem"/>.</summary>
public enum ProblemKind
{
    /// <summary>An instance that must exist does not.</summary>
    Lost,

    /// <summary>An instance has not ended.</summary>
    Unfinished,

    /// <summary>An instance ended more than once.</summary>
    FinishedTwice,

    /// <summary>A result is in a history more than once, or an output shows that something happened twice or not at all.</summary>
    Doubled,
}

/// <param name="Kind">The kind.</param>
/// <param name="Text">The instance and what is wrong with it.</param>
public sealed record Problem(ProblemKind Kind, string Text)
{
    public override string ToString() => Text;
}
