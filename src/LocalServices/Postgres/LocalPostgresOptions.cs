namespace Quorum.LocalServices.Postgres;

/// <summary>How to run a local PostgreSQL.</summary>
public sealed record LocalPostgresOptions
{
    /// <summary>Where its databases live; created and filled when absent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>On 127.0.0.1. 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>The database of the connection string, created with the data directory.</summary>
    public string Database { get; init; } = "quorum";

    /// <summary>Its log; <see langword="null"/>: none is kept.</summary>
    public string? LogFile { get; init; }

    /// <summary>For tests: it does not wait for the disk (<c>fsync=off</c>: a crash of the machine, not of a process, can spoil
    /// the data), and the data directory is deleted when it stops.</summary>
    public bool Throwaway { get; init; }
}
