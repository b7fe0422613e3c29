using Microsoft.Extensions.Options;

namespace Quorum.Storage;

/// <summary>Settings for PostgreSQL. Section <c>Quorum:Storage</c>; the connection string is <c>ConnectionStrings:Quorum</c>.</summary>
public sealed class StorageOptions
{
    public const string SectionName = "Quorum:Storage";

    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "Quorum";

    /// <summary>
    /// The connection string, with Npgsql's keywords. <see cref="QuorumDatabase"/> sets defaults for pooling and preparing.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// True if PostgreSQL expects an Entra access token instead of a password, as Azure's Flexible Server does without password
    /// authentication. The connection string then has a Username (the identity's role) and no Password; <see cref="QuorumDatabase"/> gets
    /// and renews the token. Default false.
    /// </summary>
    public bool EntraAuthentication { get; set; }

    /// <summary>
    /// The number of groups of provider quotes sent to PostgreSQL at once. More lanes shorten the wait by up to half a round trip and make
    /// groups smaller, which costs CPU. Default 1; 1 to 8.
    /// </summary>
    public int SaveLanes { get; set; } = 1;

    /// <summary>As <see cref="SaveLanes"/>, for loading reference data. Default 1; 1 to 8.</summary>
    public int LoadLanes { get; set; } = 1;

    /// <summary>As <see cref="SaveLanes"/>, for publishing consolidated quotes. Default 1; 1 to 8.</summary>
    public int PublishLanes { get; set; } = 1;

    /// <summary>
    /// The time for which a group of consolidated quotes to store waits for more: callers have their answer already, and a commit per quote
    /// would keep the disk busy. Those that a caller in another process waits for are stored at once. Default 10 ms; 0 to 1 s.
    /// </summary>
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// As <see cref="BatchDelay"/>, for the quotes of providers, which are only used when the provider fails later. Default 100 ms; 0 to
    /// 1 s.
    /// </summary>
    public TimeSpan SaveDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The maximum number of items in one round trip. Default 256; 1 to 10,000.</summary>
    public int LargestGroup { get; set; } = 256;

    /// <summary>
    /// The maximum number of items of one kind that may wait for their group; further callers wait to be admitted, and providers' last known
    /// quotes, for which no caller waits, are dropped. Default 8,192; at least <see cref="LargestGroup"/>.
    /// </summary>
    public int WaitingItems { get; set; } = 8192;

    /// <summary>
    /// The interval at which the instrument catalogue checks for changed reference data. Default 1 minute; 1 second to 1 day.
    /// </summary>
    public TimeSpan CatalogueRefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The time for which a start waits for PostgreSQL to become available. Default 1 minute; 0 to 1 hour.</summary>
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
            faults.AddError($"ConnectionStrings:{StorageOptions.ConnectionName} must be set: Host=...;Database=...;Username=...");
        }
        else if (QuorumDatabase.FaultOf(options.ConnectionString, options.EntraAuthentication) is { } fault)
        {
            faults.AddError($"ConnectionStrings:{StorageOptions.ConnectionName} {fault}");
        }

        Range(nameof(StorageOptions.SaveLanes), options.SaveLanes, 1, 8);
        Range(nameof(StorageOptions.LoadLanes), options.LoadLanes, 1, 8);
        Range(nameof(StorageOptions.PublishLanes), options.PublishLanes, 1, 8);
        Range(nameof(StorageOptions.BatchDelay), options.BatchDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Range(nameof(StorageOptions.SaveDelay), options.SaveDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
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
                $"{StorageOptions.SectionName}:{nameof(StorageOptions.WaitingItems)} must be at least "
                    + $"{nameof(StorageOptions.LargestGroup)} ({options.LargestGroup}); got {options.WaitingItems}."
            );
        }

        return faults.Build();

        void Range<T>(string setting, T value, T min, T max)
            where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            {
                faults.AddError($"{StorageOptions.SectionName}:{setting} must be between {min} and {max}; got {value}.");
            }
        }
    }
}
