namespace Quorum.LocalServices.Azurite;

/// <summary>The options of a local Azure Storage emulator. Ports are on 127.0.0.1; 0 is a free one.</summary>
public sealed record LocalAzuriteOptions
{
    /// <summary>The folder of its blobs, queues and tables, and of its account's key; created when absent.</summary>
    public required string DataDirectory { get; init; }

    public int BlobPort { get; init; }

    public int QueuePort { get; init; }

    public int TablePort { get; init; }

    /// <summary>True to write nothing to disk: faster, and the data end with the emulator.</summary>
    public bool InMemory { get; init; }

    /// <summary>
    /// The number of accounts beside the well-known one, <c>quorum1</c> and so on, for clients that must not see each other's queues.
    /// </summary>
    public int FurtherAccounts { get; init; }

    /// <summary>The log file; <see langword="null"/> for none.</summary>
    public string? LogFile { get; init; }
}
