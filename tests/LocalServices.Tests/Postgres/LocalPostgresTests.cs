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
    public async Task Passwords_and_their_folder_are_closed_to_other_users()
    {
        await using var postgres = await LocalPostgres.StartAsync(Lasting);

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, new DirectoryInfo(folder["lasting"]).UnixFileMode);
        Assert.Equal(OwnerOnly, new FileInfo(Path.Combine(folder["lasting"], "password")).UnixFileMode);
        Assert.Equal(OwnerOnly, new FileInfo(Path.Combine(folder["lasting"], "app-password")).UnixFileMode);
    }

    [Theory]
    [InlineData("select pg_read_file('/proc/self/environ')")]
    [InlineData("copy (select 1) to program 'true'")]
    [InlineData("create role another superuser")]
    public async Task App_can_change_its_schema_and_cannot_reach_beyond_its_database(string statement)
    {
        await using var postgres = await LocalPostgres.StartAsync(Lasting);

        await ExecuteAppAsync(postgres, "create schema if not exists own; create table own.rows (x int); drop schema own cascade");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAppAsync(postgres, statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Data_from_before_the_apps_role_are_given_to_it()
    {
        var data = new LocalPostgresOptions { DataDirectory = folder["older"] };
        await using (var older = await LocalPostgres.StartAsync(data))
        {
            await ExecuteAsync(
                older,
                """
                create schema old;
                create type old.kind as enum ('a', 'b');
                create table old.rows (id bigint generated always as identity, serial bigserial, kind old.kind);
                create sequence old.numbers;
                create view old.some as select id from old.rows;
                create function old.one(x int) returns int language sql as 'select 1';
                """
            );
        }

        File.Delete(Path.Combine(data.DataDirectory, "app-password"));
        await using var postgres = await LocalPostgres.StartAsync(data);

        Assert.Equal(1, await ExecuteAppAsync(postgres, "select old.one(2)"));
        await ExecuteAppAsync(
            postgres,
            "alter table old.rows add column y int; alter sequence old.numbers restart; drop schema old cascade"
        );
    }

    private LocalPostgresOptions Lasting => new() { DataDirectory = folder["lasting"], LogFile = folder["postgres.log"] };

    private static Task<object?> ExecuteAsync(LocalPostgres postgres, string sql) => ExecuteAsync(postgres.ConnectionString, sql);

    private static Task<object?> ExecuteAppAsync(LocalPostgres postgres, string sql) => ExecuteAsync(postgres.AppConnectionString, sql);

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
