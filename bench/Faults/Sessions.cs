using Npgsql;

namespace Quorum.Faults;

/// <summary>Occupies all sessions of PostgreSQL, so that none is left for others.</summary>
internal sealed class Sessions(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
    );
    private readonly List<NpgsqlConnection> _taken = [];

    /// <summary>Opens sessions until PostgreSQL has refused one twice: sessions of others end a moment after their connections.</summary>
    public async Task TakeAllAsync(CancellationToken cancellationToken)
    {
        for (var refusals = 0; refusals < 2; )
        {
            try
            {
                _taken.Add(await _source.OpenConnectionAsync(cancellationToken));
                refusals = 0;
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                refusals++;
                await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
            }
        }
    }

    public async Task EndAsync()
    {
        foreach (var connection in _taken)
        {
            await connection.DisposeAsync();
        }

        _taken.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _source.DisposeAsync();
    }
}
