namespace Quorum.LocalServices.Postgres;

/// <summary>The options of a local PostgreSQL server.</summary>
public sealed record LocalPostgresOptions
{
    /// <summary>The folder of its databases; created and filled when absent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The port on 127.0.0.1; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>The database of the connection string, created with the data directory.</summary>
    public string Database { get; init; } = "quorum";

    /// <summary>The log file; <see langword="null"/> for none.</summary>
    public string? LogFile { get; init; }

    /// <summary>
    /// True for tests: the server does not wait for the disk (<c>fsync=off</c>: a crash of the machine, not of a process, can damage the
    /// data), and the data directory is deleted when it stops.
    /// </summary>
    public bool Throwaway { get; init; }
}
