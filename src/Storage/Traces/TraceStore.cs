using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>Stores the traces of requests: table <c>quorum.traces</c>.</summary>
/// <remarks>Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer.</remarks>
public sealed class TraceStore(QuorumDatabase database)
{
    private const string Insert = """
        insert into quorum.traces (trace_id, instance_id, symbol, recorded_at, waterfall)
        select trace_id, instance_id, symbol, recorded_at, waterfall
          from unnest($1, $2, $3, $4, $5) as given (trace_id, instance_id, symbol, recorded_at, waterfall)
         order by trace_id, instance_id
            on conflict (trace_id, instance_id) do nothing
        """;

    // Of several requests of one trace, the last.
    private const string SelectByTrace = """
        select trace_id, instance_id, symbol, recorded_at, waterfall from quorum.traces
         where trace_id = $1
         order by recorded_at desc, instance_id desc
         limit 1
        """;

    private const string SelectByInstance = """
        select trace_id, instance_id, symbol, recorded_at, waterfall from quorum.traces
         where instance_id = $1 and waterfall is not null
         limit 1
        """;

    /// <summary>Stores traces; existing ones stay unchanged.</summary>
    public Task SaveAsync(IReadOnlyList<StoredTrace> traces, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(SaveAsync, traces, cancellationToken);

        async Task<int> SaveAsync(IReadOnlyList<StoredTrace> given, CancellationToken cancellation)
        {
            await using var connection = await database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(Insert, connection)
            {
                Parameters =
                {
                    Texts([.. given.Select(trace => trace.TraceId)]),
                    Texts([.. given.Select(trace => trace.InstanceId)]),
                    Texts([.. given.Select(trace => trace.Symbol.ToString())]),
                    new NpgsqlParameter<DateTime[]>
                    {
                        TypedValue = [.. given.Select(trace => trace.RecordedAt.UtcDateTime)],
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                    },
                    Texts([.. given.Select(trace => trace.Waterfall)]),
                },
            };
            return await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Returns the last request of a trace; <see langword="null"/> if there is none, or its retention has ended.</summary>
    public Task<StoredTrace?> FindAsync(string traceId, CancellationToken cancellationToken) =>
        FindOneAsync(SelectByTrace, traceId, cancellationToken);

    /// <summary>
    /// Returns the trace of the request that started an instance; <see langword="null"/> if there is none, or its retention has ended.
    /// </summary>
    public Task<StoredTrace?> FindOfInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        FindOneAsync(SelectByInstance, instanceId, cancellationToken);

    private static NpgsqlParameter<string?[]> Texts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static StoredTrace Read(NpgsqlDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetString(1),
            Symbol.Parse(reader.GetString(2)),
            reader.GetFieldValue<DateTimeOffset>(3),
            reader.IsDBNull(4) ? null : reader.GetString(4)
        );

    private Task<StoredTrace?> FindOneAsync(string statement, string key, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, (statement, key), cancellationToken);

        async Task<StoredTrace?> LoadAsync((string Statement, string Key) wanted, CancellationToken cancellation)
        {
            await using var connection = await database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(wanted.Statement, connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = wanted.Key } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? Read(reader) : null;
        }
    }
}
