using System.Net;
using System.Net.Sockets;
using Npgsql;
using Quorum.LocalServices.Postgres;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Postgres;

/// <summary>They share one data directory, one after another, as the starts of one laptop do.</summary>
public sealed class LocalPostgresTests(TemporaryFolder folder) : IClassFixture<TemporaryFolder>
{
    [Fact]
    public async Task Second_start_finds_the_data_of_the_first()
    {
        await using (var first = await LocalPostgres.StartAsync(Lasting))
        {
            await ExecuteAsync(first, "create table kept (x int); insert into kept values (42)");
        }

        await using var second = await LocalPostgres.StartAsync(Lasting);

        Assert.Equal(42, await ExecuteAsync(second, "select x from kept"));
    }

    [Fact]
    public async Task Killed_server_recovers_what_it_had_committed()
    {
        await using (var killed = await LocalPostgres.StartAsync(Lasting))
        {
            await ExecuteAsync(killed, "create table committed (x int); insert into committed values (7)");
            using var server = System.Diagnostics.Process.GetProcessById(killed.ProcessId);
            server.Kill();
            await killed.Exited.WithinAsync();
        }
        await using var next = await LocalPostgres.StartAsync(Lasting);

        Assert.Equal(7, await ExecuteAsync(next, "select x from committed"));
    }

    [Fact]
    public async Task Process_number_reused_by_another_program_is_no_obstacle()
    {
        await using (await LocalPostgres.StartAsync(Lasting)) { }
        await File.WriteAllTextAsync(
            Path.Combine(folder["lasting"], "cluster", "postmaster.pid"),
            $"{Environment.ProcessId}\n{folder["lasting"]}\n"
        );
        await using var next = await LocalPostgres.StartAsync(Lasting);

        Assert.Equal(1, await ExecuteAsync(next, "select 1"));
    }

    [Fact]
    public async Task Interrupted_creation_of_the_data_is_begun_anew()
    {
        var half = Path.Combine(folder["half"], "cluster.partial");
        Directory.CreateDirectory(half);
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "18");
        await using var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = folder["half"], Throwaway = true }
        );

        Assert.Equal(1, await ExecuteAsync(postgres, "select 1"));
    }

    [Fact]
    public async Task Taken_port_is_said_with_the_servers_own_words()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var options = Lasting with { Port = ((IPEndPoint)taken.LocalEndpoint).Port };

        var failure = await Assert.ThrowsAsync<LocalServiceException>(() => LocalPostgres.StartAsync(options));

        Assert.Contains("Address already in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_commits_to_disk_and_listens_to_this_machine_only()
    {
        await using var postgres = await LocalPostgres.StartAsync(Lasting);

        Assert.Equal("127.0.0.1", await ExecuteAsync(postgres, "show listen_addresses"));
        Assert.Equal("", await ExecuteAsync(postgres, "show unix_socket_directories"));
        Assert.Equal("on", await ExecuteAsync(postgres, "show fsync"));
        Assert.Equal("on", await ExecuteAsync(postgres, "show synchronous_commit"));
        Assert.Equal("UTF8", await ExecuteAsync(postgres, "show server_encoding"));
    }

    [Fact]
    public async Task Connections_without_the_password_are_rejected()
    {
        await using var postgres = await LocalPostgres.StartAsync(Lasting);
        var guess = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "guess", Pooling = false };
        await using var connection = new NpgsqlConnection(guess.ConnectionString);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task Throwaway_server_leaves_nothing()
    {
        var data = folder["throwaway"];
        await using (await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = data, Throwaway = true }))
        {
            Assert.True(Directory.Exists(data));
        }

        Assert.False(Directory.Exists(data));
    }

    [UnixFact]
    public async Task Password_is_for_the_owners_eyes()
    {
        await using var postgres = await LocalPostgres.StartAsync(Lasting);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            new FileInfo(Path.Combine(folder["lasting"], "password")).UnixFileMode
        );
    }

    private LocalPostgresOptions Lasting => new() { DataDirectory = folder["lasting"], LogFile = folder["postgres.log"] };

    private static async Task<object?> ExecuteAsync(LocalPostgres postgres, string sql)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
