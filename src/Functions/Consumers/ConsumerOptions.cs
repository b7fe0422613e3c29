using System.ComponentModel.DataAnnotations;

namespace Quorum.Functions.Consumers;

/// <summary>The consumers' keys and usage: section <c>Quorum:Consumers</c>.</summary>
public sealed class ConsumerOptions
{
    public const string Section = "Quorum:Consumers";

    /// <summary>The time between two visits to PostgreSQL, which store the usage and load the keys: a key revoked by another process works
    /// for so long, and the daily limit of several processes is exact but for what they use in this time. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(2);
}
