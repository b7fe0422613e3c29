using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>Consumers and their usage in PostgreSQL. Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not
/// answer.</summary>
public sealed class ConsumerStore(QuorumDatabase database)
{
    /// <summary>The maximum number of consumers: every process keeps all of them in memory.</summary>
    public const int MaxConsumers = 1000;

    private const string SelectConsumers = """
        select name, encode(key_hash, 'hex'), per_second, per_minute, per_day, providers, created_at
          from quorum.consumers
         order by name
        """;

    private const string SelectUsage = """
        select consumer, calls, provider_calls, refusals from quorum.consumer_usage where day = $1 order by consumer
        """;

    private const string Insert = """
        insert into quorum.consumers (name, key_hash, per_second, per_minute, per_day, providers, created_at)
        select $1, decode($2, 'hex'), $3, $4, $5, $6, $7
         where (select count(*) from quorum.consumers) < $8
            on conflict (name) do nothing
        """;

    // The number of rows is that of the consumers.
    private const string Revoke = """
        with unwatched as (
          delete from quorum.watchlist where owner = $1
        )
        delete from quorum.consumers where name = $1
        """;

    private const string AddUsage = """
        insert into quorum.consumer_usage as known (consumer, day, calls, provider_calls, refusals)
        select consumer, $1, calls, provider_calls, refusals
          from unnest($2, $3, $4, $5) as given (consumer, calls, provider_calls, refusals)
         order by consumer
            on conflict (consumer, day) do update
           set calls = known.calls + excluded.calls,
               provider_calls = known.provider_calls + excluded.provider_calls,
               refusals = known.refusals + excluded.refusals
        """;

    /// <summary>All consumers, ordered by name.</summary>
    public async Task<IReadOnlyList<Consumer>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(SelectConsumers, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var consumers = new List<Consumer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            consumers.Add(Read(reader));
        }

        return consumers;
    }

    /// <summary>Stores a consumer.</summary>
    public async Task<ConsumerCreation> CreateAsync(Consumer consumer, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = consumer.Name },
                new NpgsqlParameter<string> { TypedValue = consumer.KeyHash },
                Number(consumer.PerSecond),
                Number(consumer.PerMinute),
                Number(consumer.PerDay),
                new NpgsqlParameter
                {
                    Value = consumer.Providers?.Select(provider => provider.ToString()).ToArray() ?? (object)DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
                new NpgsqlParameter<DateTime> { TypedValue = consumer.CreatedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<int> { TypedValue = MaxConsumers },
            },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
        {
            return ConsumerCreation.Created;
        }

        return (await ListAsync(cancellationToken)).Any(other => other.Name == consumer.Name)
            ? ConsumerCreation.Exists
            : ConsumerCreation.Full;
    }

    /// <summary>Deletes a consumer with its key and its watchlist entries; false if there is none of this name.</summary>
    public async Task<bool> RevokeAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Revoke, connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = name } },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>The usage of a UTC day by consumer.</summary>
    public async Task<IReadOnlyList<ConsumerUsage>> LoadUsageAsync(DateOnly day, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(SelectUsage, connection) { Parameters = { Day(day) } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var usage = new List<ConsumerUsage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            usage.Add(new ConsumerUsage(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return usage;
    }

    /// <summary>Adds to the usage of a UTC day. Not repeated by itself: a second time counts twice.</summary>
    /// <param name="added">Each consumer once.</param>
    public async Task AddUsageAsync(DateOnly day, IReadOnlyList<ConsumerUsage> added, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(AddUsage, connection)
        {
            Parameters =
            {
                Day(day),
                new NpgsqlParameter<string[]>
                {
                    TypedValue = [.. added.Select(usage => usage.Consumer)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
                new NpgsqlParameter<long[]> { TypedValue = [.. added.Select(usage => usage.Calls)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. added.Select(usage => usage.ProviderCalls)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. added.Select(usage => usage.Refusals)] },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Consumer Read(NpgsqlDataReader reader) =>
        new()
        {
            Name = reader.GetString(0),
            KeyHash = reader.GetString(1),
            PerSecond = Number(reader, 2),
            PerMinute = Number(reader, 3),
            PerDay = Number(reader, 4),
            Providers = reader.IsDBNull(5)
                ? null
                : [.. reader.GetFieldValue<string[]>(5).Select(id => ProviderId.TryParse(id, out var known) ? known : Unknown(id))],
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
        };

    private static ProviderId Unknown(string id) =>
        throw new FormatException(
            string.Create(CultureInfo.InvariantCulture, $"'{id}' must be a provider's id; a newer build may have stored it.")
        );

    private static int? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    private static NpgsqlParameter Number(int? value) =>
        new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static NpgsqlParameter<DateOnly> Day(DateOnly day) => new() { TypedValue = day, NpgsqlDbType = NpgsqlDbType.Date };
}
