using Microsoft.Extensions.Options;

namespace Quorum.Storage;

/// <summary>How the app uses PostgreSQL. Section <c>Quorum:Storage</c>; the connection string is <c>ConnectionStrings:Quorum</c>.</summary>
public sealed class StorageOptions
{
    public const string SectionName = "Quorum:Storage";

    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "Quorum";

    /// <summary>Npgsql's keywords. What it leaves out of pooling and preparing is set as <see cref="QuorumDatabase"/> says.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>PostgreSQL asks for an Entra access token instead of a password, as Azure's Flexible Server does without password
    /// authentication. The connection string then names a Username (the identity's role) and no Password; the token is got and renewed by
    /// <see cref="QuorumDatabase"/>. Default false.</summary>
    public bool EntraAuthentication { get; set; }

    /// <summary>Groups of provider quotes that may be on their way to PostgreSQL at once. More lanes shorten the wait by up to half a round
    /// trip and make groups smaller, which costs CPU. Default 1; 1 to 8.</summary>
    public int SaveLanes { get; set; } = 1;

    /// <summary>As <see cref="SaveLanes"/>, for loading reference data. Default 1; 1 to 8.</summary>
    public int LoadLanes { get; set; } = 1;

    /// <summary>As <see cref="SaveLanes"/>, for publishing consolidated quotes. Default 1; 1 to 8.</summary>
    public int PublishLanes { get; set; } = 1;

    /// <summary>The time for which a group of quotes to store waits for more: callers have their answer already, and a commit of its own
    /// for each quote would keep the disk busy. Default 5 ms; 0 to 1 s.</summary>
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Items in one round trip at most. Default 256; 1 to 10,000.</summary>
    public int LargestGroup { get; set; } = 256;

    /// <summary>Items of one kind that may wait for their group; beyond it callers wait to be let in. Default 8,192; not below
    /// <see cref="LargestGroup"/>.</summary>
    public int WaitingItems { get; set; } = 8192;

    /// <summary>How often the instrument catalogue asks whether the reference data changed. Default 1 minute; 1 second to 1 day.</summary>
    public TimeSpan CatalogueRefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a start waits for a PostgreSQL that does not answer yet. Default 1 minute; 0 to 1 hour.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Reports every fault of the settings at once, with its value.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            faults.AddError(
                $"ConnectionStrings:{StorageOptions.ConnectionName} is missing: PostgreSQL's address, database, user and password."
            );
        }
        else if (QuorumDatabase.FaultOf(options.ConnectionString, options.EntraAuthentication) is { } fault)
        {
            faults.AddError($"ConnectionStrings:{StorageOptions.ConnectionName} {fault}");
        }

        Range(nameof(StorageOptions.SaveLanes), options.SaveLanes, 1, 8);
        Range(nameof(StorageOptions.LoadLanes), options.LoadLanes, 1, 8);
        Range(nameof(StorageOptions.PublishLanes), options.PublishLanes, 1, 8);
        Range(nameof(StorageOptions.BatchDelay), options.BatchDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Range(nameof(StorageOptions.LargestGroup), options.LargestGroup, 1, 10_000);
        Range(
            nameof(StorageOptions.CatalogueRefreshInterval),
            options.CatalogueRefreshInterval,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(1)
        );
        Range(nameof(StorageOptions.StartTimeout), options.StartTimeout, TimeSpan.Zero, TimeSpan.FromHours(1));
        if (options.WaitingItems < options.LargestGroup)
        {
            faults.AddError(
                $"{StorageOptions.SectionName}:{nameof(StorageOptions.WaitingItems)} ({options.WaitingItems}) must not be below "
                    + $"{nameof(StorageOptions.LargestGroup)} ({options.LargestGroup}), or no group can ever be full."
            );
        }

        return faults.Build();

        void Range<T>(string setting, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                faults.AddError($"{StorageOptions.SectionName}:{setting} ({value}) must lie between {least} and {most}.");
            }
        }
    }
}
