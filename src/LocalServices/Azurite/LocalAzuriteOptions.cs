namespace Quorum.LocalServices.Azurite;

/// <summary>How to run a local Azure Storage emulator. Ports are on 127.0.0.1; 0 is a free one.</summary>
public sealed record LocalAzuriteOptions
{
    /// <summary>Where its blobs, queues and tables live; created when absent.</summary>
    public required string DataDirectory { get; init; }

    public int BlobPort { get; init; }

    public int QueuePort { get; init; }

    public int TablePort { get; init; }

    /// <summary>Nothing is written to disk: faster, and gone with the emulator.</summary>
    public bool InMemory { get; init; }

    /// <summary>Accounts beside the well-known one, <c>quorum1</c> and so on, for those who must not see each other's queues.</summary>
    public int FurtherAccounts { get; init; }

    /// <summary>Its log; <see langword="null"/>: none is kept.</summary>
    public string? LogFile { get; init; }
}
