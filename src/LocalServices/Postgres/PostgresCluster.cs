using System.Security.Cryptography;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Postgres;

/// <summary>A data directory: the cluster's files, and the passwords of its two roles.</summary>
/// <param name="Folder">Contains <c>cluster/</c>, <c>password</c> and <c>app-password</c>; only its owner may enter it.</param>
/// <param name="Owner">The user that the server runs as; <see langword="null"/> for the user of this process.</param>
internal sealed record PostgresCluster(string Folder, UnixUser? Owner)
{
    /// <summary>The superuser.</summary>
    public const string Superuser = "quorum";

    /// <summary>The role of the app: it owns the database.</summary>
    public const string App = "quorum_app";

    // For databases whose objects belong to the superuser: "reassign owned" does not work on the superuser of initdb. The single-user mode
    // takes a line for a statement.
    private static readonly string GiveObjectsToApp = $$"""
        do $$
        declare statement text;
        begin
          for statement in
            with mine as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
            select format('alter schema %I owner to {{App}}', nspname) from mine where nspname <> 'public'
            union all
            select format('alter table %I.%I owner to {{App}}', nspname, relname)
              from pg_class c join mine on mine.oid = relnamespace
             where relkind in ('r', 'p', 'v', 'm', 'f')
                or (relkind = 'S' and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
            union all
            select format('alter routine %s owner to {{App}}', p.oid::regprocedure) from pg_proc p join mine on mine.oid = pronamespace
            union all
            select format('alter type %I.%I owner to {{App}}', nspname, typname)
              from pg_type t join mine on mine.oid = typnamespace
             where typtype in ('e', 'd') or exists (select from pg_class c where c.oid = typrelid and relkind = 'c')
          loop
            execute statement;
          end loop;
        end $$
        """.ReplaceLineEndings(" ");

    public string Files => Path.Combine(Folder, "cluster");

    private string PasswordFile => Path.Combine(Folder, "password");

    private string AppPasswordFile => Path.Combine(Folder, "app-password");

    /// <summary>
    /// Creates the cluster if it does not exist, makes its owner own it, and adds the role of the app to a cluster without it. No server
    /// may run on it.
    /// </summary>
    public async Task<PostgresPasswords> PrepareAsync(
        PostgresPrograms programs,
        string database,
        bool throwaway,
        Action<string>? report,
        CancellationToken cancellationToken
    )
    {
        var parent = Path.GetDirectoryName(Folder)!; // a full path, and not the root
        LocalFolder.CreateOpen(parent);
        if (Owner is not null && UnixUser.FindClosedAncestor(parent) is { } closed)
        {
            throw new LocalServiceException(
                $"PostgreSQL does not run as root; it would run as {Owner.Name}, who may not pass through {closed}. "
                    + $"Allow it (chmod o+x {closed}), choose another data directory than {Folder}, or run as an ordinary user."
            );
        }

        LocalFolder.CreateClosed(Folder);
        if (Owner is not null)
        {
            await ChownAsync(Folder, cancellationToken); // so that the owner can enter and delete it
        }

        if (!Directory.Exists(Files))
        {
            await CreateAsync(programs, database, throwaway, report, cancellationToken);
        }

        if (!File.Exists(AppPasswordFile))
        {
            await AddAppAsync(programs, database, throwaway, cancellationToken);
        }

        return new PostgresPasswords(
            await File.ReadAllTextAsync(PasswordFile, cancellationToken),
            await File.ReadAllTextAsync(AppPasswordFile, cancellationToken)
        );
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
        File.Delete(AppPasswordFile);
        await SecretFile.WriteAsync(PasswordFile, NewPassword(), cancellationToken);
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
                Superuser,
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
        await ExecuteAsync(programs, partial, "postgres", [$"create database {database}"], throwaway, cancellationToken);
        Directory.Move(partial, Files);
    }

    /// <summary>Creates the role of the app and makes it the owner of the database; an interrupted run begins again.</summary>
    private async Task AddAppAsync(PostgresPrograms programs, string database, bool throwaway, CancellationToken cancellationToken)
    {
        var password = NewPassword();
        await ExecuteAsync(
            programs,
            Files,
            "postgres",
            [
                $"do $$ begin if to_regrole('{App}') is null then create role {App}; end if; end $$",
                $"alter role {App} login password '{password}'",
                $"alter database {database} owner to {App}",
            ],
            throwaway,
            cancellationToken
        );
        await ExecuteAsync(programs, Files, database, [GiveObjectsToApp], throwaway, cancellationToken);
        await SecretFile.WriteAsync(AppPasswordFile, password, cancellationToken);
    }

    /// <summary>Runs statements as the superuser, without a server.</summary>
    /// <exception cref="LocalServiceException">A statement failed.</exception>
    private async Task ExecuteAsync(
        PostgresPrograms programs,
        string files,
        string database,
        string[] statements,
        bool throwaway,
        CancellationToken cancellationToken
    )
    {
        var output = await RunAsync(
            programs.Postgres,
            [
                "--single",
                "-D",
                files,
                "-c",
                "log_min_messages=warning",
                "-c",
                "log_min_error_statement=panic", // a statement may contain a password
                "-c",
                throwaway ? "fsync=off" : "fsync=on",
                database,
            ],
            input: string.Concat(statements.Select(statement => statement + "\n")),
            cancellationToken
        );
        if (output.FirstOrDefault(line => line.Contains("ERROR:", StringComparison.Ordinal)) is { } error)
        {
            throw new LocalServiceException($"PostgreSQL's data directory {Folder} could not be prepared: {error}");
        }
    }

    private static string NewPassword() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private async Task<IReadOnlyList<string>> RunAsync(
        string program,
        string[] arguments,
        string? input,
        CancellationToken cancellationToken
    ) =>
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

/// <summary>The passwords of a cluster's roles.</summary>
internal sealed record PostgresPasswords(string Superuser, string App);
