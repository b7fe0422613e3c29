using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Postgres;

/// <summary>A PostgreSQL server on 127.0.0.1, from the npm package; it ends with this process.</summary>
public sealed class LocalPostgres : IAsyncDisposable
{
    /// <summary>The server's environment. Its messages are parsed, so they must be English.</summary>
    internal static readonly Dictionary<string, string?> Environment = new() { ["LC_ALL"] = "C", ["TZ"] = "UTC" };

    private const int StartAttempts = 5;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60); // a crash of a large database is recovered first
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PredecessorTimeout = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _server;
    private readonly PostgresPrograms _programs;
    private readonly PostgresCluster _cluster;
    private readonly LocalPostgresOptions _options;

    private LocalPostgres(
        ChildProcess server,
        PostgresPrograms programs,
        PostgresCluster cluster,
        LocalPostgresOptions options,
        int port,
        PostgresPasswords passwords
    )
    {
        _server = server;
        _programs = programs;
        _cluster = cluster;
        _options = options;
        Port = port;
        ConnectionString = ConnectionStringOf(PostgresCluster.Superuser, passwords.Superuser);
        AppConnectionString = ConnectionStringOf(PostgresCluster.App, passwords.App);

        string ConnectionStringOf(string user, string password) =>
            $"Host=127.0.0.1;Port={port};Username={user};Password={password};Database={options.Database}";
    }

    public int Port { get; }

    /// <summary>The connection string for Npgsql, as the server's superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string for Npgsql, as <c>quorum_app</c>: it owns the database, and can neither read the server's files nor run its
    /// programs.
    /// </summary>
    public string AppConnectionString { get; }

    /// <summary>The id of the process that listens.</summary>
    public int ProcessId => _server.Id;

    /// <summary>Completes with the exit code when the server has ended for any reason.</summary>
    public Task<int> Exited => _server.Exited;

    /// <summary>The end of the server's log.</summary>
    public IReadOnlyList<string> LastLines => _server.LastLines;

    /// <summary>
    /// Installs PostgreSQL and creates its data directory if necessary, starts it and waits until it accepts connections.
    /// </summary>
    /// <param name="options">The server to start.</param>
    /// <param name="report">Receives a line before each slow step; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the start, and ends what was started.</param>
    /// <exception cref="LocalServiceException">
    /// PostgreSQL cannot be installed or started; the message gives the reason and the remedy.
    /// </exception>
    public static async Task<LocalPostgres> StartAsync(
        LocalPostgresOptions options,
        Action<string>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        var installed = await PostgresPrograms.InstallAsync(LocalFolder.Locate(), report, cancellationToken);
        var data = new PostgresCluster(Path.GetFullPath(options.DataDirectory), UnixUser.IsRoot ? UnixUser.FindUnprivileged() : null);
        await PostmasterFile.ReleaseAsync(data.Files, PredecessorTimeout, cancellationToken);
        var passwords = await data.PrepareAsync(installed, options.Database, options.Throwaway, report, cancellationToken);

        for (var attempt = 1; ; attempt++)
        {
            await PostmasterFile.ReleaseAsync(data.Files, PredecessorTimeout, cancellationToken);
            var port = options.Port == 0 ? FreePort.Find() : options.Port;
            var child = await ChildProcess.StartAsync(Command(installed, data, options, port));
            try
            {
                await child.WaitForLineAsync(
                    line => line.Contains("database system is ready to accept connections", StringComparison.Ordinal),
                    StartDeadline,
                    cancellationToken
                );
                return new LocalPostgres(child, installed, data, options, port, passwords);
            }
            catch (LocalServiceException) when (attempt < StartAttempts && MayStartNextTime(child, options))
            {
                await child.DisposeAsync();
            }
            catch
            {
                await child.StopAsync(StopSignal.Interrupt, StopTimeout);
                await child.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Ends sessions, writes everything to disk and stops; a throwaway server stops at once and its data is deleted.</summary>
    public async Task StopAsync()
    {
        if (OperatingSystem.IsWindows() && !_server.Exited.IsCompleted)
        {
            await StopOnWindowsAsync();
        }

        await _server.StopAsync(_options.Throwaway ? StopSignal.Quit : StopSignal.Interrupt, StopTimeout);
        if (_options.Throwaway && Directory.Exists(_cluster.Folder))
        {
            Directory.Delete(_cluster.Folder, recursive: true);
        }
    }

    /// <summary>Requests the stop without waiting for it.</summary>
    public void BeginStop() => _server.Send(_options.Throwaway ? StopSignal.Quit : StopSignal.Interrupt);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _server.DisposeAsync();
    }

    private static ChildCommand Command(PostgresPrograms programs, PostgresCluster cluster, LocalPostgresOptions options, int port)
    {
        List<string> settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={port}",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
            "wal_compression=off",
            "jit=off",
            "synchronous_commit=on",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_line_prefix=%m [%p] ",
            "log_checkpoints=off",
            options.Throwaway ? "fsync=off" : "fsync=on",
        ];
        if (options.Throwaway)
        {
            settings.Add("full_page_writes=off");
        }

        List<string> arguments = ["-D", cluster.Files];
        foreach (var setting in settings)
        {
            arguments.AddRange(["-c", setting]);
        }

        return new ChildCommand
        {
            Name = "PostgreSQL",
            Program = programs.Postgres,
            Arguments = arguments,
            RunAs = cluster.Owner,
            WorkingDirectory = cluster.Folder,
            Environment = Environment,
            LogFile = options.LogFile,
            WhenParentDies = options.Throwaway ? StopSignal.Quit : StopSignal.Interrupt,
            RemoveAfterwards = options.Throwaway ? cluster.Folder : null,
        };
    }

    /// <summary>
    /// True if a start may succeed later: a free port was taken meanwhile, or child processes of a killed server still hold its memory.
    /// </summary>
    private static bool MayStartNextTime(ChildProcess server, LocalPostgresOptions options) =>
        server.LastLines.Any(line =>
            (options.Port == 0 && line.Contains("could not bind", StringComparison.Ordinal))
            || line.Contains("pre-existing shared memory block", StringComparison.Ordinal)
        );

    private async Task StopOnWindowsAsync()
    {
        var mode = _options.Throwaway ? "immediate" : "fast";
        await ChildProcess.RunToEndAsync(
            new ChildCommand
            {
                Name = "pg_ctl",
                Program = _programs.PgCtl,
                Arguments = ["stop", "-D", _cluster.Files, "-m", mode],
            },
            CancellationToken.None
        );
    }
}
