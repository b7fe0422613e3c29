using Npgsql;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Claims for the calls of an orchestration to providers: the holder of a claim makes the call. Concurrent calls of one kind share a round
/// trip and a commit, one at a time, so that they hold at most one connection for each kind. Every call here throws
/// <see cref="NpgsqlException"/> when PostgreSQL does not answer.
/// </summary>
public sealed class FetchClaims : IAsyncDisposable
{
    // In the order of the keys, so that two processes which claim the same calls cannot wait for each other.
    private const string Take = """
        insert into quorum.fetch_claims (instance_id, provider)
        select u.instance_id, u.provider from unnest($1::text[], $2::text[]) as u (instance_id, provider) order by 1, 2
            on conflict do nothing
        returning instance_id, provider
        """;

    private const string Save = """
        update quorum.fetch_claims as c set outcome = u.outcome::jsonb
          from unnest($1::text[], $2::text[], $3::text[]) as u (instance_id, provider, outcome)
         where c.instance_id = u.instance_id and c.provider = u.provider and c.instance_id = any($1)
        """;

    private const string Find = """
        select c.instance_id, c.provider, c.outcome
          from unnest($1::text[], $2::text[]) as u (instance_id, provider)
          join quorum.fetch_claims as c on c.instance_id = u.instance_id and c.provider = u.provider
         where c.instance_id = any($1) and c.outcome is not null
        """;

    private static readonly object Saved = new();

    private readonly QuorumDatabase _database;
    private readonly GroupedRoundTrip<(string InstanceId, ProviderId Provider, string Outcome), object> _save;
    private readonly GroupedRoundTrip<(string InstanceId, ProviderId Provider), Found> _find;

    public FetchClaims(QuorumDatabase database)
    {
        _database = database;
        Takes = new GroupCommit<Taking>(TakeAsync, mayBeOfOneItem: static _ => false); // no repetition: it would find its own claims taken
        _save = new GroupedRoundTrip<(string, ProviderId, string), object>(SaveAsync, largestGroup: 256, capacity: 8192);
        _find = new GroupedRoundTrip<(string, ProviderId), Found>(FindAsync, largestGroup: 256, capacity: 8192);
    }

    /// <summary>The round trips that take claims.</summary>
    internal GroupCommit<Taking> Takes { get; }

    /// <summary>Takes the free claims.</summary>
    /// <returns>The providers whose claims were taken; another process calls the others.</returns>
    public async Task<IReadOnlySet<ProviderId>> TakeAsync(
        string instanceId,
        IReadOnlyList<ProviderId> providers,
        CancellationToken cancellationToken
    )
    {
        var taking = new Taking(instanceId, providers);
        await Takes.CommitAsync(taking, cancellationToken);
        return taking.Taken;
    }

    /// <summary>Stores the result of a call for the others that need it.</summary>
    /// <param name="outcome">JSON.</param>
    public Task SaveOutcomeAsync(string instanceId, ProviderId provider, string outcome, CancellationToken cancellationToken) =>
        _save.AskAsync((instanceId, provider, outcome), cancellationToken);

    /// <summary>Returns the result of a call as JSON; <see langword="null"/> while it is in flight.</summary>
    public async Task<string?> FindOutcomeAsync(string instanceId, ProviderId provider, CancellationToken cancellationToken) =>
        (await _find.AskAsync((instanceId, provider), cancellationToken)).Outcome;

    public async ValueTask DisposeAsync()
    {
        await Takes.DisposeAsync();
        await _save.DisposeAsync();
        await _find.DisposeAsync();
    }

    private async Task TakeAsync(IReadOnlyList<Taking> group)
    {
        var calls = group
            .SelectMany(taking => taking.Providers.Select(provider => (taking.InstanceId, Provider: provider.ToString())))
            .ToList();
        var free = new HashSet<(string InstanceId, string Provider)>();
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        await using (var command = new NpgsqlCommand(Take, connection))
        {
            command.Parameters.Add(Texts(calls, static call => call.InstanceId));
            command.Parameters.Add(Texts(calls, static call => call.Provider));
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            while (await reader.ReadAsync(CancellationToken.None))
            {
                free.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        foreach (var taking in group)
        {
            // Removed, so that of two that take the same claim in one group one gets it.
            taking.Taken = taking.Providers.Where(provider => free.Remove((taking.InstanceId, provider.ToString()))).ToHashSet();
        }
    }

    private async Task SaveAsync(
        IReadOnlyList<GroupedRoundTrip<(string InstanceId, ProviderId Provider, string Outcome), object>.Asked> group,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Save, connection)
        {
            Parameters =
            {
                Texts(group, static asked => asked.Question.InstanceId),
                Texts(group, static asked => asked.Question.Provider.ToString()),
                Texts(group, static asked => asked.Question.Outcome),
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var asked in group)
        {
            asked.Answer = Saved;
        }
    }

    private async Task FindAsync(
        IReadOnlyList<GroupedRoundTrip<(string InstanceId, ProviderId Provider), Found>.Asked> group,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                Texts(group, static asked => asked.Question.InstanceId),
                Texts(group, static asked => asked.Question.Provider.ToString()),
            },
        };
        var outcomes = new Dictionary<(string InstanceId, string Provider), string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            outcomes[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
        }

        foreach (var asked in group)
        {
            asked.Answer = new Found(outcomes.GetValueOrDefault((asked.Question.InstanceId, asked.Question.Provider.ToString())));
        }
    }

    private static NpgsqlParameter<string[]> Texts<T>(IReadOnlyList<T> items, Func<T, string> text) =>
        new() { TypedValue = [.. items.Select(text)] };

    /// <summary>One caller's claims, and those that it got.</summary>
    internal sealed class Taking(string instanceId, IReadOnlyList<ProviderId> providers)
    {
        public string InstanceId { get; } = instanceId;

        public IReadOnlyList<ProviderId> Providers { get; } = providers;

        public IReadOnlySet<ProviderId> Taken { get; set; } = new HashSet<ProviderId>();
    }

    private sealed record Found(string? Outcome);
}
