using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Claims for the calls of an orchestration to providers: the holder of a claim makes the call. Every call here throws
/// <see cref="NpgsqlException"/> when PostgreSQL does not answer.
/// </summary>
public sealed class FetchClaims(QuorumDatabase database)
{
    private const string Take = """
        insert into quorum.fetch_claims (instance_id, provider) select $1, unnest($2)
            on conflict do nothing
        returning provider
        """;

    private const string Save = "update quorum.fetch_claims set outcome = $3 where instance_id = $1 and provider = $2";

    private const string Find = "select outcome from quorum.fetch_claims where instance_id = $1 and provider = $2";

    /// <summary>Takes the free claims.</summary>
    /// <returns>The providers whose claims were taken; another process calls the others.</returns>
    public async Task<IReadOnlySet<ProviderId>> TakeAsync(
        string instanceId,
        IReadOnlyList<ProviderId> providers,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Take, connection)
        {
            Parameters =
            {
                Text(instanceId),
                new NpgsqlParameter<string[]> { TypedValue = [.. providers.Select(provider => provider.ToString())] },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new HashSet<ProviderId>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (ProviderId.TryParse(reader.GetString(0), out var provider))
            {
                taken.Add(provider);
            }
        }

        return taken;
    }

    /// <summary>Stores the result of a call for the others that need it.</summary>
    /// <param name="outcome">JSON.</param>
    public async Task SaveOutcomeAsync(string instanceId, ProviderId provider, string outcome, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Save, connection)
        {
            Parameters =
            {
                Text(instanceId),
                Text(provider.ToString()),
                new NpgsqlParameter<string> { TypedValue = outcome, NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Returns the result of a call as JSON; <see langword="null"/> while it is in flight.</summary>
    public async Task<string?> FindOutcomeAsync(string instanceId, ProviderId provider, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Find, connection) { Parameters = { Text(instanceId), Text(provider.ToString()) } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
