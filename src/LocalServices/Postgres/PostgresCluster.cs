using System.Security.Cryptography;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Postgres;

/// <summary>A data directory: the cluster's files, and the password of its one user.</summary>
/// <param name="Folder">Holds <c>cluster/</c> and <c>password</c>.</param>
/// <param name="Owner">The user that the server runs as; <see langword="null"/> for the user of this process.</param>
internal sealed record PostgresCluster(string Folder, UnixUser? Owner)
{
    /// <summary>The superuser, and the only user.</summary>
    public const string User = "quorum";

    public string Files => Path.Combine(Folder, "cluster");

    private string PasswordFile => Path.Combine(Folder, "password");

    /// <summary>Creates the cluster if it does not exist and makes its owner own it.</summary>
    /// <returns>The password of <see cref="User"/>.</returns>
    public async Task<string> PrepareAsync(
        PostgresPrograms programs,
        string database,
        bool throwaway,
        Action<string>? report,
        CancellationToken cancellationToken
    )
    {
        LocalFolder.CreateOpen(Folder);
        if (Owner is not null && UnixUser.FindClosedAncestor(Folder) is { } closed)
        {
            throw new LocalServiceException(
                $"PostgreSQL does not run as root; it would run as {Owner.Name}, who may not pass through {closed}. "
                    + $"Allow it (chmod o+x {closed}), choose another data directory than {Folder}, or run as an ordinary user."
            );
        }
        if (throwaway && Owner is not null)
        {
            await ChownAsync(Folder, cancellationToken); // so that the owner can delete it
        }

        if (!Directory.Exists(Files))
        {
            await CreateAsync(programs, database, throwaway, report, cancellationToken);
        }
        else if (Owner is not null)
        {
            await ChownAsync(Files, cancellationToken);
        }

        return await File.ReadAllTextAsync(PasswordFile, cancellationToken);
    }

    private async Task CreateAsync(
        PostgresPrograms programs,
        string database,
        bool throwaway,
        Action<string>? report,
        CancellationToken cancellationToken
    )
    {
        report?.Invoke($"Creating a PostgreSQL data directory in {Folder}");
        var partial = Files + ".partial"; // an interrupted start begins again from an empty folder
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        Directory.CreateDirectory(partial);
        await WritePasswordAsync(cancellationToken);
        if (Owner is not null)
        {
            await ChownAsync(partial, cancellationToken);
            await ChownAsync(PasswordFile, cancellationToken);
        }

        // The password is random, so hashing it 4,096 times at each connection would protect nothing.
        await RunAsync(
            programs.InitDb,
            [
                "--pgdata",
                partial,
                "--username",
                User,
                "--pwfile",
                PasswordFile,
                "--auth",
                "scram-sha-256",
                "--set",
                "scram_iterations=1",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-instructions",
                throwaway ? "--no-sync" : "--sync-method=fsync",
            ],
            input: null,
            cancellationToken
        );
        await RunAsync(
            programs.Postgres,
            ["--single", "-D", partial, "-c", "log_min_messages=warning", "-c", throwaway ? "fsync=off" : "fsync=on", "postgres"],
            input: $"create database {database}\n",
            cancellationToken
        );
        Directory.Move(partial, Files);
    }

    private async Task WritePasswordAsync(CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(PasswordFile);
        await using var writer = new StreamWriter(PasswordFile, options);
        await writer.WriteAsync(RandomNumberGenerator.GetHexString(32, lowercase: true).AsMemory(), cancellationToken);
    }

    private async Task RunAsync(string program, string[] arguments, string? input, CancellationToken cancellationToken) =>
        await ChildProcess.RunToEndAsync(
            new ChildCommand
            {
                Name = Path.GetFileName(program),
                Program = program,
                Arguments = arguments,
                Input = input,
                RunAs = Owner,
                WorkingDirectory = Folder,
                Environment = LocalPostgres.Environment,
            },
            cancellationToken
        );

    private async Task ChownAsync(string path, CancellationToken cancellationToken) =>
        await ChildProcess.RunToEndAsync(
            new ChildCommand
            {
                Name = "chown",
                Program = "chown",
                Arguments = ["-R", $"{Owner!.Id}:{Owner.GroupId}", path],
            }, // readable by root only
            cancellationToken
        );
}
