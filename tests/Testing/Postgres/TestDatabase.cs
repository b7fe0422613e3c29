using Npgsql;

namespace Quorum.Testing.Postgres;

/// <summary>An empty database for one test, dropped at the end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;

    private TestDatabase(string server, string name)
    {
        _server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>A pool for the test itself; the code under test may share it or open its own.</summary>
    public NpgsqlDataSource DataSource { get; }

    public static async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken = default)
    {
        var shared = await PostgresServer.GetConnectionStringAsync();
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(shared, $"create database {name}", cancellationToken);
        return new TestDatabase(shared, name);
    }

    /// <summary>Runs statements without parameters.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Returns the first column of the first row; the default value when there is no row or it is null.</summary>
    public async Task<T?> QueryAsync<T>(string sql, CancellationToken cancellationToken = default)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>Waits until a query of one boolean returns true, for instance until PostgreSQL reports a lock wait.</summary>
    /// <exception cref="TimeoutException">It did not within the deadline.</exception>
    public async Task WaitUntilAsync(string sql, TimeSpan? deadline = null)
    {
        using var expired = new CancellationTokenSource(deadline ?? SignalTasks.Deadline);
        try
        {
            while (!await QueryAsync<bool>(sql, expired.Token))
            {
                await ExecuteAsync("select pg_sleep(0.01)", expired.Token);
            }
        }
        catch (OperationCanceledException exception) when (expired.IsCancellationRequested)
        {
            throw new TimeoutException($"Never true: {sql}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(_server, $"drop database if exists {Name} with (force)", CancellationToken.None);
    }

    private static async Task ExecuteAsync(string server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
